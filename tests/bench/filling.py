"""The large shop's database. PostgreSQL makes the rows from their numbers: the same for the same count of orders."""

from __future__ import annotations

from contextlib import closing

import psycopg2

EMPLOYEES = 2_000
ORDERS_A_CUSTOMER = 20
_FIRST_DAY, _LAST_MONTH, _END = "2025-11-01 00:00+08", "2026-10-01 00:00+08", "2026-11-01 00:00+08"

_TABLES = """
create schema shop;
create schema office;
create table shop.customers (
    customer_id text primary key, phone text, email text, device text,
    registered_at timestamptz, is_test boolean, updated_at timestamptz
);
create table shop.orders (
    id bigint primary key, order_no text, customer_id text, placed_at timestamptz, paid_at timestamptz,
    status text, amount numeric(12, 2), is_test boolean, updated_at timestamptz
);
create table shop.refunds (
    id bigint primary key, order_id bigint, refunded_at timestamptz, amount numeric(12, 2), updated_at timestamptz
);
create table shop.traffic (
    id bigint primary key, day date, agent text, visits integer, views integer, updated_at timestamptz
);
create table office.staff (employee_id text primary key, department_id text, valid_from date, valid_to date);
create table office.owners (
    customer_id text primary key, employee_id text, share numeric(3, 2), valid_from date, valid_to date,
    updated_at timestamptz
);
create table office.attendance (
    employee_id text, day date, standard_hours numeric(4, 2), worked_hours numeric(4, 2), updated_at timestamptz,
    primary key (employee_id, day)
);
create table office.ledger (day date primary key, revenue numeric(16, 2));
"""

# One registration in a hundred repeats the phone of the one before.
_PEOPLE = f"""
insert into shop.customers
select
    'C' || i, '1' || (3000000000 + case when i %% 100 = 0 then i - 1 else i end), 'c' || i || '@x.cn', 'd' || i,
    timestamptz '{_FIRST_DAY}' - interval '1 day' + i * interval '1 millisecond', i %% 500 = 7,
    timestamptz '{_FIRST_DAY}'
from generate_series(1::bigint, %(customers)s) as i;
insert into office.owners
select
    'C' || i, 'E' || i %% {EMPLOYEES}, 1, date '2025-01-01', null::date, timestamptz '{_FIRST_DAY}'
from generate_series(1::bigint, %(customers)s) as i;
insert into office.staff
select 'E' || i, 'D' || i %% 20, date '2025-01-01', null::date from generate_series(0, {EMPLOYEES} - 1) as i;
"""


def _moment(number: str) -> str:
    """When the order of that number is placed: they come at equal distances."""
    return (
        f"(timestamptz '{_FIRST_DAY}' + floor({number}::double precision / (%(orders)s + 1) * "
        f"extract(epoch from timestamptz '{_END}' - timestamptz '{_FIRST_DAY}')) * interval '1 second')"
    )


# Of a thousand orders 5 are repeated, 2 are tests and 20 are cancelled; 3 in a hundred are refunded in half.
_ORDERS = f"""
create temp table numbered as
select
    i,
    case when i %% 200 = 0 then i - 1 else i end as of,
    {_moment("i")} as at
from generate_series(%(first)s::bigint, %(last)s) as i;
insert into shop.orders
select
    i, 'O' || of, 'C' || (of * 7919) %% %(customers)s + 1, {_moment("of")}, {_moment("of")} + interval '1 minute',
    case when of %% 50 = 3 then 'cancelled' else 'paid' end, ((of * 37) %% 50000 + 1000) / 100.0, of %% 500 = 11,
    at + interval '5 minutes'
from numbered;
insert into shop.refunds
select
    i, i, least(at + interval '10 days', timestamptz '{_END}' - interval '1 hour'), ((i * 37) %% 50000 + 1000) / 200,
    at + interval '10 minutes'
from numbered where i %% 33 = 5 and i = of and i %% 50 <> 3 and i %% 500 <> 11;
drop table numbered;
"""

# Finance books the first day of each month.
_LEDGER = """
insert into office.ledger
select orders.placed_at::date, sum(orders.amount)
from shop.orders
inner join shop.customers using (customer_id)
where
    extract(day from orders.placed_at) = 1 and orders.placed_at between %(from)s and %(until)s
    and orders.status = 'paid' and not orders.is_test and not customers.is_test and orders.id %% 200 <> 0
group by orders.placed_at::date;
"""

_DAYS = f"""
insert into shop.traffic
select
    extract(epoch from day)::bigint / 864 + i, day, case when i = 7 then 'Googlebot' else 'Mozilla' end, 100 + i,
    300, day + interval '1 day'
from generate_series(%(from)s::timestamptz, %(until)s::timestamptz - interval '1 day', interval '1 day') as day,
    generate_series(1, 40) as i;
insert into office.attendance
select 'E' || i, day, 8, 8 - (i + extract(day from day)::integer) %% 10 / 9, day + interval '1 day'
from generate_series(%(from)s::timestamptz, %(until)s::timestamptz - interval '1 day', interval '1 day') as day,
    generate_series(0, {EMPLOYEES} - 1) as i;
"""


def create(url: str) -> None:
    """Make the empty tables."""
    _execute(url, _TABLES, {})


def fill(url: str, orders: int, *, last_month: bool) -> None:
    """Insert the rows of the first eleven months, or those of the twelfth; ``orders`` of all twelve together."""
    before = orders * 334 // 365
    customers = max(1, orders // ORDERS_A_CUSTOMER)
    first, last = (before + 1, orders) if last_month else (1, before)
    since, until = (_LAST_MONTH, _END) if last_month else (_FIRST_DAY, _LAST_MONTH)
    values = {"orders": orders, "customers": customers, "first": first, "last": last, "from": since, "until": until}
    _execute(url, ("" if last_month else _PEOPLE) + _ORDERS + _LEDGER + _DAYS, values)


def _execute(url: str, statements: str, values: dict[str, object]) -> None:
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute("set timezone = 'Asia/Shanghai'")
        cursor.execute(statements, values)
        cursor.execute("analyze")
