"""Membership intervals as DuckDB's SELECTs over the rows of feeds.

Every SELECT here gives `person, household, valid_from, valid_to, known_from, known_to, relation`,
one row for each unbroken stay. `valid_to` is the first day on which the person no longer belonged
(NULL: still does); `known_from` and `known_to` are the days on which the beginning and the end were
learned. Rows are what was known by $as_of and had happened by then; nothing else is looked at.
"""

from __future__ import annotations

# A register's row that takes its person out of the household it names.
GONE = "('moved_out', 'death_cancelled')"
COLUMNS = "person, household, valid_from, valid_to, known_from, known_to, relation"
_CUT = "known_on <= $as_of AND happened_on <= $as_of"


def registered(register: str, deaths: str | None, column: str) -> str:
    """Stays by the population register, whose newest row says where a person belongs.

    `register` and `deaths` are SELECTs of the feeds' rows; `column` is an expression over the
    register's columns that names the household. Whoever the death feed reports belongs nowhere
    from that day on, as in `features.population`.
    """
    dead = (
        "SELECT NULL::VARCHAR AS person, NULL::DATE AS died_on, NULL::DATE AS told_on WHERE false"
    )
    if deaths is not None:
        dead = (
            "SELECT person, min(happened_on) AS died_on, "  # noqa: S608 (SELECTs of our own)
            f"arg_min(known_on, happened_on) AS told_on FROM ({deaths}) "
            f"WHERE {_CUT} AND person IS NOT NULL GROUP BY person"
        )
    # Ordered as features.population orders them; of rows of one day the last one counts.
    return f"""
        WITH told AS (
            SELECT person, happened_on, known_on, batch, relation,
                   coalesce(change_type IN {GONE}, false) AS gone,
                   CASE WHEN coalesce(change_type IN {GONE}, false) THEN NULL
                        ELSE {column} END AS household
            FROM ({register}) WHERE {_CUT} AND person IS NOT NULL
        ),
        daily AS (
            SELECT * FROM told QUALIFY row_number() OVER (
                PARTITION BY person, happened_on
                ORDER BY known_on DESC, batch DESC, gone DESC, household) = 1
        ),
        changes AS (
            SELECT *, lag(household) OVER w AS before, lag(gone) OVER w IS NULL AS first
            FROM daily WINDOW w AS (PARTITION BY person ORDER BY happened_on)
            QUALIFY first OR household IS DISTINCT FROM before
        ),
        stays AS (
            SELECT person, household, happened_on AS valid_from, known_on AS known_from, relation,
                   lead(happened_on) OVER w AS next_on, lead(known_on) OVER w AS next_known
            FROM changes WINDOW w AS (PARTITION BY person ORDER BY happened_on)
        ),
        dead AS ({dead})
        SELECT s.person, s.household, s.valid_from,
               least(s.next_on, d.died_on) AS valid_to, s.known_from,
               CASE WHEN d.died_on IS NOT NULL AND (s.next_on IS NULL OR d.died_on < s.next_on)
                    THEN d.told_on ELSE s.next_known END AS known_to,
               s.relation
        FROM stays s LEFT JOIN dead d USING (person)
        WHERE s.household IS NOT NULL AND (d.died_on IS NULL OR s.valid_from < d.died_on)
    """  # noqa: S608 (SELECTs of our own)


def named(rows: str, column: str) -> str:
    """Stays by a feed that now and then says with which household a person is (insured).

    A stay lasts until a row names another household; a row that names none says nothing.
    """
    return f"""
        WITH told AS (
            SELECT person, {column} AS household, happened_on, known_on
            FROM ({rows}) WHERE {_CUT} AND person IS NOT NULL AND {column} IS NOT NULL
            QUALIFY row_number() OVER (
                PARTITION BY person, happened_on ORDER BY known_on DESC, household) = 1
        ),
        changes AS (
            SELECT *, lag(household) OVER w AS before
            FROM told WINDOW w AS (PARTITION BY person ORDER BY happened_on)
            QUALIFY household IS DISTINCT FROM before
        )
        SELECT person, household, happened_on AS valid_from,
               lead(happened_on) OVER w AS valid_to, known_on AS known_from,
               lead(known_on) OVER w AS known_to, NULL::VARCHAR AS relation
        FROM changes WINDOW w AS (PARTITION BY person ORDER BY happened_on)
    """  # noqa: S608 (SELECTs of our own)


def visited(members: str) -> str:
    """Stays by what home visits saw: from the first visit that met the person in the household to
    the next visit there that did not, or the first one that met them elsewhere."""
    return f"""
        WITH told AS (
            SELECT person, household, happened_on, min(known_on) AS known_on,
                   min(relation) AS relation
            FROM ({members}) WHERE {_CUT} AND household IS NOT NULL
            GROUP BY person, household, happened_on
        ),
        visits AS (
            SELECT household, happened_on, min(known_on) AS known_on,
                   row_number() OVER (PARTITION BY household ORDER BY happened_on) AS nth
            FROM told GROUP BY household, happened_on
        ),
        met AS (
            SELECT t.*, v.nth, lag(v.nth) OVER w AS before
            FROM told t JOIN visits v USING (household, happened_on)
            WHERE t.person IS NOT NULL
            WINDOW w AS (PARTITION BY t.person, t.household ORDER BY t.happened_on)
        ),
        runs AS (
            SELECT *, sum((before IS NULL OR nth > before + 1)::INT) OVER (
                PARTITION BY person, household ORDER BY happened_on) AS run
            FROM met
        ),
        stays AS (
            SELECT person, household, run, min(happened_on) AS valid_from,
                   max(happened_on) AS last_on, max(nth) AS last_nth,
                   arg_min(known_on, happened_on) AS known_from,
                   arg_min(relation, happened_on) AS relation
            FROM runs GROUP BY person, household, run
        ),
        elsewhere AS (
            SELECT s.person, s.household, s.run, min(m.happened_on) AS next_on,
                   arg_min(m.known_on, m.happened_on) AS next_known
            FROM stays s JOIN met m ON m.person = s.person AND m.household <> s.household
                 AND m.happened_on > s.last_on
            GROUP BY s.person, s.household, s.run
        )
        SELECT s.person, s.household, s.valid_from,
               least(v.happened_on, e.next_on) AS valid_to, s.known_from,
               CASE WHEN e.next_on IS NOT NULL AND (v.happened_on IS NULL
                         OR e.next_on < v.happened_on)
                    THEN e.next_known ELSE v.known_on END AS known_to,
               s.relation
        FROM stays s
        LEFT JOIN visits v ON v.household = s.household AND v.nth = s.last_nth + 1
        LEFT JOIN elsewhere e
          ON e.person = s.person AND e.household = s.household AND e.run = s.run
    """  # noqa: S608 (SELECTs of our own)
