-- Every person ever interviewed, with what the invented ID number is made from.
WITH first_seen AS (
  SELECT
    household_no,
    member,
    arg_min(age, quarter) FILTER (age IS NOT NULL) AS age,
    min(quarter) FILTER (age IS NOT NULL) AS quarter,
    arg_min(sex, quarter) FILTER (sex IS NOT NULL) AS sex,
    md5_number_lower(household_no || '/' || member || getvariable('salt')) AS mark
  FROM persons
  GROUP BY ALL
  HAVING age IS NOT NULL AND sex IS NOT NULL
), parts AS (
  SELECT
    household_no,
    member,
    '住户' || substr(household_no, 2) || '成员' || member AS name,
    -- A day within the year that makes the person the told age on the day of the visit.
    (make_date(quarter // 4, (quarter % 4) * 3 + 2, 15) - to_years(age)
      - to_days((mark % 365)::INTEGER))::DATE AS born_on,
    lpad(((mark // 365) % 10000)::VARCHAR, 4, '0') AS place,
    lpad((2 * ((mark // 3650000) % 500) + CASE sex WHEN 'male' THEN 1 ELSE 0 END)::VARCHAR, 3, '0')
      AS serial
  FROM first_seen
), numbered AS (
  SELECT *, '99' || place || strftime(born_on, '%Y%m%d') || serial AS digits FROM parts
)
SELECT
  household_no,
  member,
  name,
  born_on,
  digits || substr('10X98765432', (list_sum(list_transform(range(1, 18), lambda i:
    substr(digits, i, 1)::INTEGER * [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2][i]))
    % 11 + 1)::INTEGER, 1) AS id_number
FROM numbered
