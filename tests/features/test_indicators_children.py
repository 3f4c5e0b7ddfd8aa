"""A02: whose parents are dead, gone or unable to care."""

from __future__ import annotations


def test_a02_a_child_whose_every_parent_is_dead_or_cannot_care(profile):
    profile(
        {"suspected_unsupported_child": {"a": True, "b": False, "c": True, "d": False, "e": True}},
        population_register="""
        person | household | relation   | born_month
        a1     | 1         | head       | 1985-01-01
        a2     | 1         | spouse     | 1985-01-01
        a      | 1         | child      | 2015-01-01
        b1     | 2         | head       | 1985-01-01
        b2     | 2         | spouse     | 1985-01-01
        b      | 2         | child      | 2015-01-01
        c1     | 3         | head       | 1955-01-01
        c2     | 3         | child      | 1985-01-01
        c      | 3         | grandchild | 2015-01-01
        d1     | 4         | head       | 1955-01-01
        d      | 4         | grandchild | 2015-01-01
        e      | 5         | head       | 2010-01-01
        """,
        deaths="""
        person | happened_on
        a1     | 2025-01-01
        b1     | 2025-01-01
        c2     | 2025-01-01
        """,
        disability_certificates="""
        person | category | grade
        a2     | mental   | 4
        """,
    )


def test_a02_one_sick_parent_does_not_stand_for_the_other(profile):
    profile(
        {"suspected_unsupported_child": {"a": False, "b": True, "c": False}},
        population_register="""
        person | household | relation | born_month | marital
        a1     | 1         | head     | 1985-01-01 | divorced
        a      | 1         | child    | 2015-01-01 | single
        b1     | 2         | head     | 1985-01-01 | widowed
        b      | 2         | child    | 2015-01-01 | single
        c1     | 3         | head     | 1985-01-01 | widowed
        c      | 3         | child    | 2015-01-01 | single
        """,
        disability_certificates="""
        person | category | grade
        a1     | physical | 1
        b1     | physical | 1
        """,
    )
