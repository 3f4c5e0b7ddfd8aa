"""The list of alerts: narrowing, order, table, cards, dispatch, workbook."""
