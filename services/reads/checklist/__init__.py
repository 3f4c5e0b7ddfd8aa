"""What a county still lacks, what that costs, and whose turn it is."""

from services.reads.checklist.lines import Grade, Line, checklist

__all__ = ["Grade", "Line", "checklist"]
