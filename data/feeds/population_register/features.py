"""Household composition from the population register (公安 户籍)."""

from __future__ import annotations

from features.engine import derived, members, source, spine_feature

register = source("population_register", entity="person")

N_MEMBERS = spine_feature(
    "n_members", level="household", unit="人", category="A", zh="共同生活人数", en="Members"
)
HEAD_AGE = spine_feature(
    "head_age", level="household", unit="岁", category="A", zh="户主年龄", en="Age of the head"
)


@register.feature(
    months=12,
    missing=0,
    unit="次",
    category="A",
    zh="近12个月户籍变动",
    en="Register changes, 12 months",
)
def register_changes_12m(r):
    """Changes of the person's entry: moved in, corrected (population register)."""
    return r.change_type.isin(["moved_in", "changed"]).cast("int64").sum()


@derived(level="person", category="A", zh="未成年人", en="Minor")
def minor(p):
    """Younger than 18."""
    return p.age < 18


@derived(level="person", category="A", zh="60岁及以上", en="Aged 60 or more")
def elder(p):
    """60 or older: the age from which no labour is asked (特困人员认定办法)."""
    return p.age >= 60


@derived(level="person", category="A", zh="劳动年龄", en="Working age")
def working_age(p):
    """18 to 59."""
    return p.age.between(18, 59)


@derived(level="person", category="A", zh="离异或丧偶", en="Divorced or widowed")
def without_partner(p):
    """Divorced or widowed by the register."""
    return p.marital.isin(["divorced", "widowed"])


@members.feature(unit="人", category="A", zh="未成年人数", en="Minors")
def n_minors(p):
    """Members younger than 18."""
    return p.minor.sum()


@members.feature(unit="人", category="A", zh="6岁以下儿童数", en="Children under six")
def n_under_six(p):
    """Members younger than six."""
    return (p.age < 6).sum()


@members.feature(unit="人", category="A", zh="60岁以上人数", en="Members aged 60 or more")
def n_elders(p):
    """Members aged 60 or more."""
    return p.elder.sum()


@members.feature(unit="人", category="A", zh="80岁以上人数", en="Members aged 80 or more")
def n_very_old(p):
    """Members aged 80 or more."""
    return (p.age >= 80).sum()


@members.feature(unit="人", category="A", zh="劳动年龄人数", en="Members of working age")
def n_working_age(p):
    """Members aged 18 to 59."""
    return p.working_age.sum()


@members.feature(unit="人", category="A", zh="成年人数", en="Adults")
def n_adults(p):
    """Members aged 18 or more."""
    return (p.age >= 18).sum()


@members.feature(unit="岁", category="A", zh="最年长成员年龄", en="Oldest member's age")
def oldest_age(p):
    """Age of the oldest member."""
    return p.age.max()


@members.feature(unit="岁", category="A", zh="最年幼成员年龄", en="Youngest member's age")
def youngest_age(p):
    """Age of the youngest member."""
    return p.age.min()


@members.feature(unit="岁", category="A", zh="平均年龄", en="Mean age")
def mean_age(p):
    """Mean age of the members."""
    return p.age.mean()


@members.feature(missing=False, category="A", zh="户主为女性", en="Head is a woman")
def head_is_woman(p):
    """The household head is a woman."""
    return ((p.relation == "head") & (p.sex == "female")).any()


@members.feature(
    missing=False, category="A", zh="有离异或丧偶成员", en="A member divorced or widowed"
)
def any_without_partner(p):
    """An adult member is divorced or widowed."""
    return p.without_partner.any()


@members.feature(missing=False, category="A", zh="户主有配偶同住", en="Head lives with a partner")
def head_has_partner(p):
    """The household holds a spouse of the head."""
    return (p.relation == "spouse").any()


@members.feature(unit="代", category="A", zh="同住代数", en="Generations living together")
def n_generations(p):
    """Generations under one roof, from the relations to the head (1 to 4)."""
    older = (p.relation == "parent").any().fill_null(False)
    children = (p.relation == "child").any().fill_null(False)
    grandchildren = (p.relation == "grandchild").any().fill_null(False)
    return 1 + older.cast("int64") + children.cast("int64") + grandchildren.cast("int64")


@members.feature(
    unit="次", category="A", zh="近12个月家庭户籍变动", en="Household changes, 12 months"
)
def household_changes_12m(p):
    """Register changes of all members in 12 months."""
    return p.register_changes_12m.sum()


@members.feature(
    include_departed=True,
    missing=0,
    unit="人",
    category="A",
    zh="近24个月去世成员数",
    en="Members who died, 24 months",
)
def deaths_24m(p):
    """Members who died within 24 months (register or death feed)."""
    return (~p.present).sum()


@derived(level="household", unit="%", category="A", zh="抚养负担", en="Dependency")
def dependency_share(h):
    """Share of members younger than 18 or aged 60 or more."""
    return (h.n_minors + h.n_elders) / h.n_members


@derived(level="household", category="A", zh="独居老人", en="Elder living alone")
def elder_alone(h):
    """Every member is 60 or older."""
    return h.n_elders == h.n_members


@derived(level="household", category="A", zh="隔代家庭", en="Grandparents with grandchildren only")
def skipped_generation(h):
    """Minors live with elders and without a member of working age."""
    return (h.n_minors > 0) & (h.n_elders > 0) & (h.n_working_age == 0)


@derived(level="household", category="A", zh="农村家庭", en="Rural household")
def is_rural(h):
    """Registered in a rural area."""
    return h.urban_rural == "rural"
