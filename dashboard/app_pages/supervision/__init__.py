"""The page by which leaders and the county team supervise the work of alerts."""
