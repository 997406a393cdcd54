"""The department: who works as what, where, under whom and how many hours (HRIS)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from business_systems.year.sizes import Sizes

BEGIN = dt.date(2023, 1, 1)
TRANSFER_OF_USER_OPERATOR = dt.date(2025, 4, 1)
TRANSFER_OF_SHOP_OPERATOR = dt.date(2025, 6, 16)
LEAVER_LAST_DAY = dt.date(2025, 8, 15)
JOINER_FIRST_DAY = dt.date(2025, 9, 15)
LEAVE = (dt.date(2025, 3, 3), dt.date(2025, 3, 23))
LOAN = (dt.date(2025, 10, 13), dt.date(2025, 10, 26))
ONE_DAY = dt.timedelta(days=1)

HEAD, MANAGER_OF_GROWTH, MANAGER_OF_SHOPS = "E001", "E002", "E003"
USER_OPERATORS = ("E004", "E005", "E006", "E007")
CAMPAIGN_OPERATORS = ("E008", "E009", "E010")
HOSTS = {"shop_a": "E019", "shop_b": "E020"}
PEOPLE_BY_NAME = 21

DEPARTMENTS = (
    ("operations", "运营部", "Operations", None),
    ("user_growth", "用户运营组", "User growth", "operations"),
    ("campaigns", "活动运营组", "Campaigns", "operations"),
    ("shop_a", "店铺A", "Shop A", "operations"),
    ("shop_b", "店铺B", "Shop B", "operations"),
    ("service", "客服组", "Customer service", "operations"),
    ("live", "直播组", "Live commerce", "operations"),
)
POSITIONS = (
    ("operations_head", "运营负责人", "Head of operations"),
    ("operations_manager", "运营经理", "Operations manager"),
    ("user_operations", "用户运营", "User operations"),
    ("campaign_operations", "活动运营", "Campaign operations"),
    ("shop_operations", "店铺运营", "Shop operations"),
    ("customer_service", "客服", "Customer service"),
    ("live_host", "直播运营", "Live host"),
)
_NAMES = (
    "林建国/Lin_Jianguo 周敏/Zhou_Min 吴强/Wu_Qiang 李娜/Li_Na 王芳/Wang_Fang 张伟/Zhang_Wei 刘洋/Liu_Yang "
    "陈静/Chen_Jing 杨帆/Yang_Fan 赵磊/Zhao_Lei 黄丽/Huang_Li 徐杰/Xu_Jie 孙婷/Sun_Ting 马超/Ma_Chao 朱琳/Zhu_Lin "
    "胡军/Hu_Jun 郭雪/Guo_Xue 何平/He_Ping 高远/Gao_Yuan 罗欣/Luo_Xin 梁晨/Liang_Chen"
)
_MONTHLY_BASE = {
    "operations_head": 8000,
    "operations_manager": 6500,
    "user_operations": 4000,
    "campaign_operations": 4200,
    "shop_operations": 4500,
    "customer_service": 3000,
    "live_host": 5000,
}


def user_operators(sizes: Sizes) -> list[str]:
    """All who own customers."""
    return [*USER_OPERATORS, *_further(sizes)]


def trained_operators(sizes: Sizes) -> list[str]:
    """Who takes the course on user behaviour: E004 and E005, and every second of those beyond the first 21."""
    return ["E004", "E005", *_further(sizes)[::2]]


def staff_phone(number: int) -> str:
    """The mobile number of the employee ``number``; no customer has one that begins alike."""
    return f"189{number:08d}"


def people(sizes: Sizes) -> dict[str, pd.DataFrame]:
    """Departments, positions, employees, assignments, loans and attendance by table; money in cents."""
    ids = [f"E{number:03d}" for number in range(1, PEOPLE_BY_NAME + 1)] + _further(sizes)
    joined = dict.fromkeys(ids, BEGIN) | {"E021": JOINER_FIRST_DAY}
    left = {"E018": LEAVER_LAST_DAY}
    names = [tuple(name.replace("_", " ").split("/")) for name in _NAMES.split()]
    names += [(f"员工{number}", f"Employee {number}") for number in range(PEOPLE_BY_NAME + 1, len(ids) + 1)]
    employees = pd.DataFrame(
        {
            "employee_id": ids,
            "name_zh": [name[0] for name in names],
            "name_en": [name[1] for name in names],
            "phone": [staff_phone(number) for number in range(1, len(ids) + 1)],
            "email": [f"{employee.lower()}@xx.example" for employee in ids],
            "joined_on": [joined[employee] for employee in ids],
            "left_on": [left.get(employee) for employee in ids],
        }
    )
    assignments = pd.DataFrame(
        _assignments(ids),
        columns=["employee_id", "position_id", "department_id", "manager_id", "fte", "valid_from", "valid_to"],
    )
    assignments.insert(0, "id", range(1, len(assignments) + 1))
    assignments["bonus_base"] = [_MONTHLY_BASE[position] * 100 for position in assignments["position_id"]]
    assignments["currency"] = "CNY"
    loan = {"id": [1], "employee_id": ["E013"], "department_id": ["shop_a"], "valid_from": LOAN[0], "valid_to": LOAN[1]}
    return {
        "departments": pd.DataFrame(
            DEPARTMENTS, columns=["department_id", "name_zh", "name_en", "parent_department_id"]
        ),
        "positions": pd.DataFrame(POSITIONS, columns=["position_id", "name_zh", "name_en"]),
        "employees": employees,
        "assignments": assignments,
        "loans": pd.DataFrame(loan),
        "attendance": _attendance(ids, joined, left),
    }


def _further(sizes: Sizes) -> list[str]:
    return [f"E{number:03d}" for number in range(PEOPLE_BY_NAME + 1, sizes.employees + 1)]


def _assignments(ids: list[str]) -> list[tuple[object, ...]]:
    growth, shops = MANAGER_OF_GROWTH, MANAGER_OF_SHOPS
    operators = [*USER_OPERATORS[:3], *ids[PEOPLE_BY_NAME:]]
    return [
        (HEAD, "operations_head", "operations", None, 1, BEGIN, None),
        (growth, "operations_manager", "operations", HEAD, 1, BEGIN, None),
        (shops, "operations_manager", "operations", HEAD, 1, BEGIN, None),
        *((employee, "user_operations", "user_growth", growth, 1, BEGIN, None) for employee in operators),
        ("E007", "user_operations", "user_growth", growth, 1, BEGIN, TRANSFER_OF_USER_OPERATOR - ONE_DAY),
        ("E007", "campaign_operations", "campaigns", growth, 1, TRANSFER_OF_USER_OPERATOR, None),
        *((employee, "campaign_operations", "campaigns", growth, 1, BEGIN, None) for employee in CAMPAIGN_OPERATORS),
        ("E011", "shop_operations", "shop_a", shops, 1, BEGIN, None),
        ("E012", "shop_operations", "shop_a", shops, 1, BEGIN, TRANSFER_OF_SHOP_OPERATOR - ONE_DAY),
        ("E012", "shop_operations", "shop_b", shops, 1, TRANSFER_OF_SHOP_OPERATOR, None),
        ("E013", "shop_operations", "shop_b", shops, 1, BEGIN, None),
        ("E014", "shop_operations", "shop_b", shops, 1, BEGIN, None),
        ("E015", "customer_service", "service", shops, 1, BEGIN, None),
        ("E016", "customer_service", "service", shops, 1, BEGIN, None),
        ("E017", "customer_service", "service", shops, 0.5, BEGIN, None),
        ("E018", "customer_service", "service", shops, 1, BEGIN, LEAVER_LAST_DAY),
        ("E021", "customer_service", "service", shops, 1, JOINER_FIRST_DAY, None),
        ("E019", "live_host", "live", shops, 1, BEGIN, None),
        ("E020", "live_host", "live", shops, 1, BEGIN, None),
    ]


def _attendance(ids: list[str], joined: dict[str, dt.date], left: dict[str, dt.date]) -> pd.DataFrame:
    """A row an employee and working day (Monday to Friday); hours in hundredths."""
    days = pd.bdate_range("2024-01-01", "2025-12-31").date
    frame = pd.DataFrame(
        {"employee_id": np.repeat(np.array(ids, dtype=object), len(days)), "worked_on": np.tile(days, len(ids))}
    )
    first = frame["employee_id"].map(joined)
    last = frame["employee_id"].map(lambda employee: left.get(employee, dt.date(9999, 12, 31)))
    frame = frame[(frame["worked_on"] >= first) & (frame["worked_on"] <= last)].reset_index(drop=True)
    frame.insert(0, "id", range(1, len(frame) + 1))
    frame["standard_hours"] = 800
    away = (frame["employee_id"] == "E006") & (frame["worked_on"] >= LEAVE[0]) & (frame["worked_on"] <= LEAVE[1])
    frame["worked_hours"] = np.where(away, 0, np.where(frame["employee_id"] == "E017", 400, 800))
    return frame
