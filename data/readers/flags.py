"""What a reader may say of a whole file, in words for the steward."""

from __future__ import annotations

# What the steward should look at, beside the rows that were set aside.
TO_LOOK_AT = (
    "cut_off",
    "stray_quotes",
    "repeated_header",
    "extra_sheets",
    "outside_cells",
    "title_unit",
    "lost_zero",
    "damaged_text",
)
# code: (Chinese, English)
READER_FLAGS: dict[str, tuple[str, str]] = {
    "damaged_text": ("含有乱码字符", "characters were damaged in transfer"),
    "cut_off": (
        "文件在最后一行中间断开，末行未取用",
        "the file breaks off inside its last line, which was not used",
    ),
    "line_ends": ("换行符不统一", "line ends of several kinds"),
    "stray_quotes": (
        "有不成对的引号，所在行已单独列出",
        "quotes without a partner; their lines were set aside",
    ),
    "repeated_header": (
        "表头重复出现，像是几个文件拼接而成",
        "the header comes again: several files were put one behind the other",
    ),
    "several_sheets": ("多个工作表合并读取", "several sheets were read as one delivery"),
    "extra_sheets": (
        "工作簿中另有工作表未读取",
        "the workbook holds more sheets, which were not read",
    ),
    "outside_cells": (
        "表格以外还有内容，未取用",
        "something stands beside the table; it was not used",
    ),
    "merged_cells": ("有合并单元格，已逐行补齐", "merged cells, their value repeated in each row"),
    "lost_zero": (
        "有月份写成小数（2026.1 可能是 1 月，也可能是 10 月）",
        "months written as decimals (2026.1 may be January or October)",
    ),
    "title_unit": ("标题行写明了金额单位", "a title names the unit of the amounts"),
}
