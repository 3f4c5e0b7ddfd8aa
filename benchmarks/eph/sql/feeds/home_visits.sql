SELECT
  'EPH' || i.quarter // 4 || 'Q' || (i.quarter % 4 + 1) || '-' || i.household_no AS visit_no,
  t.id_number,
  'survey' AS visit_reason,
  i.* EXCLUDE (quarter, city)
FROM interviews i
LEFT JOIN timeline t
  ON t.household_no = i.household_no AND t.quarter = i.quarter AND t.relation = 'head'
WHERE i.quarter = getvariable('quarter')
