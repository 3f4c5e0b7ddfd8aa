-- The dwelling by tenure and rooms. Danger grade, area, rent and damage are not asked.
SELECT
  i.household_no,
  t.id_number,
  CASE i.tenure WHEN 'owned' THEN 'own_urban' WHEN 'rented' THEN 'market_rent'
    WHEN 'borrowed' THEN 'borrowed' END AS kind,
  i.rooms,
  i.visited_on AS recorded_on
FROM interviews i
LEFT JOIN timeline t
  ON t.household_no = i.household_no AND t.quarter = i.quarter AND t.relation = 'head'
WHERE i.quarter = getvariable('quarter') AND i.tenure IN ('owned', 'rented', 'borrowed')
