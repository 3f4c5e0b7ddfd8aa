"""Who may do what, and where: roles, areas, accounts, sign-ins, break-glass."""
