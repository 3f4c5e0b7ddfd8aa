"""The kernel of every life-cycle: a table of moves, a pure decision, a log, deadlines, assignment.

An alert is its first user; applications, screenings and corrections stand on the same parts:

- `moves`: `Lifecycle`, the table of states, actions and roles, and `decide`, which reads it;
- `events`: the log of acts (`EventColumns`), what happened since somebody looked, told in words;
- `writing`: locks, versions, and events written together with what they record;
- `calendar`, `years` and `deadlines`: working days (those of a new year are entered), the step
  whose clock runs, and by when it is due;
- `escalation`: what is near due or late, and to which level it was reported;
- `assignment`: to a role in an area or to one account;
- `reference`: diagram and tables of a life-cycle, for the generated pages.

Nothing here knows what a case is about.
"""
