-- One row per household and quarter, from its own row, its members' rows, or both.
WITH members AS (
  SELECT
    p.household_no,
    p.quarter,
    any_value(p.city) AS city,
    any_value(p.household_income) AS household_income,
    count(*) AS members,
    -- One member of unknown age or sex leaves the whole sum unknown.
    CASE WHEN count(s.weight) = count(*) THEN sum(s.weight) END AS consumption_units,
    sum(p.main_income) FILTER (p.job_kind = 'employee') AS wages,
    sum(p.main_income) FILTER (p.job_kind IN ('employer', 'own_account')) AS business,
    sum(p.other_job_income) AS other_jobs,
    count(p.activity) = count(*) AS all_told,
    sum(p.property_income) AS property_income,
    sum(p.pension_income) AS pensions,
    sum(p.family_income) AS family,
    sum(p.other_transfers) AS others,
    sum(p.benefit_income) AS benefits,
    sum(p.aid_income) AS aid_income
  FROM persons p LEFT JOIN scale s USING (sex, age)
  GROUP BY ALL
)
SELECT
  household_no,
  quarter,
  coalesce(h.city, m.city) AS city,
  coalesce(h.income_month, CASE WHEN h.household_no IS NULL THEN m.household_income END)
    AS income_month,
  coalesce(m.members, h.members) AS members,
  round(m.consumption_units, 2) AS consumption_units,
  CASE WHEN m.all_told THEN coalesce(m.wages, 0) + coalesce(m.other_jobs, 0) END AS wage_income,
  CASE WHEN m.all_told THEN coalesce(m.business, 0) END AS business_income,
  m.property_income,
  m.pensions + coalesce(m.family, 0) + coalesce(m.others, 0) + coalesce(m.benefits, 0)
    AS transfer_income,
  m.aid_income,
  make_date(quarter // 4, (quarter % 4) * 3 + 2, 15) AS visited_on,
  h.* EXCLUDE (household_no, quarter, city, income_month, members)
FROM households h FULL JOIN members m USING (household_no, quarter)
