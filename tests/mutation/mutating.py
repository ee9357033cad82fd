"""Small changes to a module, one at a time: what a test that means something has to notice."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
    ast.BitXor: ast.BitOr,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
CALLED = {
    "min": "max",
    "max": "min",
    "any": "all",
    "all": "any",
    "sorted": "list",
    "enumerate": "list",
}
SYMMETRIC = {"min", "max", "same", "_exactly"}
"""Functions for which the order of arguments means nothing."""
SIMPLE = (ast.Expr, ast.AugAssign, ast.Raise, ast.Continue, ast.Break, ast.Delete)


@dataclass(frozen=True)
class Mutant:
    """One change: where it is, how it reads, and how to make and undo it in the tree."""

    line: int
    """Where the statement begins."""
    function: str
    change: str
    make: Callable[[], None]
    undo: Callable[[], None]


def mutants(tree: ast.Module) -> Iterator[Mutant]:
    """Yield every mutant of *tree*; each is undone before the next is made."""
    yield from _in_body(tree, "")


def _in_body(holder: ast.AST, function: str) -> Iterator[Mutant]:
    for name in ("body", "orelse", "finalbody", "handlers"):
        body = getattr(holder, name, [])
        for at, statement in enumerate(body):
            yield from _in_statement(body, at, statement, function)
    for case in getattr(holder, "cases", []):
        if case.guard is not None:
            yield from _in_expressions(case, case.guard, function)
        yield from _in_body(case, function)


def _in_statement(
    body: list[ast.stmt], at: int, statement: ast.stmt, function: str
) -> Iterator[Mutant]:
    match statement:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            inside = f"{function}.{name}" if function else name
            defaults = [*statement.args.defaults, *statement.args.kw_defaults]
            for default in filter(None, defaults):
                yield from _in_expressions(statement, default, inside)
            yield from _in_body(statement, inside)
            return
        case ast.ClassDef(name=name):
            yield from _in_body(statement, f"{function}.{name}" if function else name)
            return
        case ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant(value=str())):
            return
        case _:
            pass
    if isinstance(statement, SIMPLE):
        yield _removed(body, at, statement, function)
    children = (child for field, child in ast.iter_fields(statement) if field != "annotation")
    for child in children:
        for node in child if isinstance(child, list) else [child]:
            if isinstance(node, ast.expr | ast.withitem | ast.comprehension):
                yield from _in_expressions(statement, node, function)
    yield from _in_body(statement, function)


def _removed(body: list[ast.stmt], at: int, statement: ast.stmt, function: str) -> Mutant:
    def make() -> None:
        body[at] = ast.copy_location(ast.Pass(), statement)

    def undo() -> None:
        body[at] = statement

    change = f"{_first_line(statement)}  =>  pass"
    return Mutant(statement.lineno, function, change, make, undo)


Statement = ast.stmt | ast.match_case


def _in_expressions(statement: Statement, top: ast.AST, function: str) -> Iterator[Mutant]:
    # None instead of another nothing is for mypy to find.
    nothing = {"False", "None", "[]", "()", "{}", "frozenset()"}
    if isinstance(statement, ast.Return) and ast.unparse(top) not in nothing:
        yield from _set(statement, function, statement, value=ast.Constant(None))
    for node in ast.walk(top):
        for changes in _changes(node):
            yield from _set(statement, function, node, **changes)
    if isinstance(statement, ast.If | ast.While) and top is statement.test:
        negated = ast.UnaryOp(ast.Not(), statement.test)
        yield from _set(statement, function, statement, test=negated)
    if isinstance(statement, ast.match_case) and statement.guard is not None:
        negated = ast.UnaryOp(ast.Not(), statement.guard)
        yield from _set(statement, function, statement, guard=negated)


def _set(statement: Statement, function: str, node: ast.AST, **changes: object) -> Iterator[Mutant]:
    """Yield the mutant of *statement* in which the fields of *node* are *changes*."""
    before = {name: getattr(node, name) for name in changes}
    reads = _first_line(statement)

    def put(values: dict[str, object]) -> None:
        for name, value in values.items():
            setattr(node, name, value)

    put(changes)
    now = _first_line(statement)
    put(before)
    if now != reads:
        change = f"{reads}  =>  {now}"
        line = _line(statement)
        yield Mutant(line, function, change, lambda: put(changes), lambda: put(before))


def _changes(node: ast.AST) -> Iterator[dict[str, object]]:
    """Yield the new values of fields, for each change *node* allows."""
    match node:
        case ast.Compare(ops=ops):
            for at, op in enumerate(ops):
                for other in COMPARED[type(op)]:
                    yield {"ops": [*ops[:at], other(), *ops[at + 1 :]]}
        case ast.BoolOp(op=op):
            yield {"op": ast.Or() if isinstance(op, ast.And) else ast.And()}
        case ast.UnaryOp(op=ast.Not()):
            yield {
                "op": ast.UAdd(),
                "operand": ast.Call(ast.Name("bool", ast.Load()), [node.operand], []),
            }
        case ast.BinOp(op=op) if type(op) in COMPUTED:
            yield {"op": COMPUTED[type(op)]()}
        case ast.Constant(value=bool(value)):
            yield {"value": not value}
        case ast.Constant(value=int(value)):
            yield {"value": value + 1}
            if value > 0:
                yield {"value": value - 1}
        case ast.Constant(value=bytes(value)):
            yield {"value": value + b"X"}
        case ast.IfExp(test=test):
            yield {"test": ast.UnaryOp(ast.Not(), test)}
        case ast.Slice(lower=lower, upper=upper):
            if lower is not None:
                yield {"lower": None}
            if upper is not None:
                yield {"upper": None}
        case ast.comprehension(ifs=ifs):
            for at in range(len(ifs)):
                yield {"ifs": [*ifs[:at], *ifs[at + 1 :]]}
        case ast.Call(func=ast.Name(id=name) as func) if name in CALLED:
            yield {"func": ast.Name(CALLED[name], func.ctx)}
    if isinstance(node, ast.Call) and len(node.args) > 1 and _name(node.func) not in SYMMETRIC:
        first, second, *rest = node.args
        yield {"args": [second, first, *rest]}


def _name(called: ast.expr) -> str:
    return ast.unparse(called).rpartition(".")[2]


def _line(statement: Statement) -> int:
    return statement.pattern.lineno if isinstance(statement, ast.match_case) else statement.lineno


def _first_line(statement: Statement) -> str:
    """Return a simple statement whole, of a compound one its head."""
    return ast.unparse(ast.fix_missing_locations(statement)).splitlines()[0]
