-- What a quarter's households say about all: the poverty line and the mean income per head.
SELECT
  quarter,
  count(*) AS households,
  0.6 * median(income_month / consumption_units) FILTER (income_month > 0) AS line,
  12 * sum(income_month) FILTER (members > 0) / sum(members) FILTER (income_month IS NOT NULL)
    AS income_year
FROM interviews
GROUP BY quarter
ORDER BY quarter
