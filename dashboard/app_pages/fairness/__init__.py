"""The fairness page: who is found and who is missed, by groups of households."""
