-- Text of the raw files as numbers and codes. Anything unreadable is null: unknown, never zero.
CREATE OR REPLACE MACRO number(x) AS
  coalesce(try_cast(x AS DOUBLE), try_cast(replace(trim(x), ',', '.') AS DOUBLE));
CREATE OR REPLACE MACRO code(x) AS try_cast(number(x) AS INTEGER);
-- 1 yes, 2 no, 0 and 9 no answer.
CREATE OR REPLACE MACRO yes(x) AS CASE code(x) WHEN 1 THEN true WHEN 2 THEN false END;
-- Amounts: -9 and the like stand for no answer.
CREATE OR REPLACE MACRO amount(x) AS CASE WHEN number(x) >= 0 THEN number(x) END;
CREATE OR REPLACE MACRO counted(x, most) AS CASE WHEN code(x) BETWEEN 1 AND most THEN code(x) END;
-- One spelling of a key however the quarter wrote it: '1', ' 1', '1.0'.
CREATE OR REPLACE MACRO key(x) AS regexp_replace(trim(x), '[.,]0+$', '');
-- Household income: 12 and 13 in its decile columns mean that it was not answered.
CREATE OR REPLACE MACRO told_income(income, total_decile, head_decile) AS
  CASE WHEN coalesce(code(total_decile), 0) NOT IN (12, 13)
        AND coalesce(code(head_decile), 0) NOT IN (12, 13) THEN amount(income) END;
CREATE OR REPLACE MACRO quarter_start(q) AS make_date(q // 4, (q % 4) * 3 + 1, 1);
