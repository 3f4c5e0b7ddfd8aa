"""The door of the web application: who comes in, on every request, before Streamlit sees it."""
