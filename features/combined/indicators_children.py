"""A02: children whose parents are dead, gone or unable to care (民发〔2019〕62号)."""

from __future__ import annotations

from data.feeds.custody import features as custody
from data.feeds.disability_certificates import features as disability
from data.feeds.lost_contact import features as lost_contact
from data.feeds.medical_claims import features_diseases as diseases
from data.feeds.population_register import features as register
from features.combined import roster
from features.engine import derived, members

ORDER = 270

BUILT_ON = (custody, disability, diseases, lost_contact, register, roster)


def _no(value):
    return value.fill_null(False)


def _cannot_care(p):
    unable = _no(p.cannot_bring_up_child) | _no(p.listed_disease_12m)
    return unable | _no(p.long_custody) | _no(p.lost_contact_6m)


def _parent_of(p, child):
    """Members of the parents' generation of a head's child, or of the head's grandchild."""
    return p.relation.isin(["head", "spouse"] if child == "child" else ["child"]) & (p.age >= 18)


@members.feature(
    category="A",
    unit="人",
    needs=("population_register",),
    zh="能抚养子女的父母数",
    en="Heads and spouses able to bring up a child",
)
def n_able_parents(p):
    """Adult head and spouse without heavy disability, listed disease or long term in custody.

    民发〔2019〕62号: a term in prison or compulsory treatment, and the loss of contact, count from
    six months on.
    """
    return (p.present & _parent_of(p, "child") & ~_cannot_care(p)).sum()


@members.feature(
    category="A",
    unit="人",
    needs=("population_register",),
    include_departed=True,
    missing=0,
    zh="去世、失能或丧偶所示的父母数",
    en="Heads and spouses known dead or unable to care",
)
def n_lost_parents(p):
    """Adult head and spouse who died within 24 months or cannot bring up a child.

    A widowed parent tells of one more, however long ago. A divorced one tells of nobody: the other
    parent lives elsewhere and nothing is known against them.
    """
    parent = _parent_of(p, "child")
    lost = (parent & (~p.present | _cannot_care(p))).cast("int64")
    widowed = (parent & p.present & (p.marital == "widowed").fill_null(False)).cast("int64")
    return (lost + widowed).sum()


@members.feature(
    category="A",
    unit="人",
    needs=("population_register",),
    zh="能抚养孙辈的父母数",
    en="Adult children of the head able to bring up a child",
)
def n_able_second_parents(p):
    """Adult children of the head without heavy disability or listed disease."""
    return (_parent_of(p, "grandchild") & ~_cannot_care(p)).sum()


@members.feature(
    category="A",
    unit="人",
    needs=("population_register",),
    include_departed=True,
    missing=0,
    zh="去世或失能的第二代父母",
    en="Adult children of the head dead or unable to care",
)
def n_lost_second_parents(p):
    """Adult children of the head who died within 24 months or cannot bring up a child."""
    return (_parent_of(p, "grandchild") & (~p.present | _cannot_care(p))).sum()


@derived(
    level="person",
    category="A",
    household=(
        "n_able_parents",
        "n_lost_parents",
        "n_able_second_parents",
        "n_lost_second_parents",
    ),
    zh="疑似孤儿或事实无人抚养儿童",
    en="Suspected orphan or unsupported child",
)
def suspected_unsupported_child(p):
    """A02: a minor whose every parent is dead, missing, held, severely disabled or gravely ill.

    民发〔2019〕62号. A head's child is judged by head and spouse, of whom both must be known dead
    or unable: one sick parent does not stand for the other. A grandchild needs a parent known dead
    or unable in this household: parents merely registered elsewhere prove nothing.
    """
    of_head = (p.relation == "child") & (p.n_able_parents == 0) & (p.n_lost_parents >= 2)
    heads_itself = (p.relation == "head") & (p.n_able_parents == 0)
    orphaned = (p.n_able_second_parents == 0) & (p.n_lost_second_parents > 0)
    return p.minor & _no(of_head | heads_itself | ((p.relation == "grandchild") & orphaned))
