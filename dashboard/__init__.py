"""The Streamlit app: thin pages over `services` (all reads and writes) and `charts` (figures)."""
