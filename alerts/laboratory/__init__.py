"""The threshold laboratory: what other rules, cut-offs and capacities would have done.

The past months as they were known then (`material`), run again (`replay`) under other rules
(`rescoring`) and another policy; what visits find (`chances`, `estimates`, `below`), what the next
quarter is promised (`promise`), all cut-offs at once (`curves`, `fitting`), which indicators say
the same (`overlap`), current against draft (`comparing`), and what may not be activated (`gate`).
"""
