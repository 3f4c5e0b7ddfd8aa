"""My tasks at the desk: the list that workers have on their phones, and what phones disagree on."""
