"""我的车: which cars do I have? They belong to the person, in every club."""

from collections.abc import Sequence

from handlers.context import Context
from handlers.feature import Feature, Said
from handlers.knowledge import wording
from storage.errors import Refusal
from storage.model import Reply, Vehicle

feature = Feature("garage")

CARS_MAX = 10
SUGGESTIONS_MAX = 3
SPARE_WORDS_MAX = 8
"""More words than these beside the car's name are talk, not a name."""
NAME = r".{1,40}"


@feature.command(
    "我的车",
    "garage",
    examples=(("我的车", "小王的车：\n1. 海豹"), ("我的车 轩逸", "记下了：2. 轩逸。")),
    arguments=f"(?:{NAME})?",
)
async def mine(ctx: Context) -> Said:
    if ctx.argument:
        return await add(ctx) if ctx.meant or _car(ctx) else None
    vehicles = await ctx.work.garage.vehicles(ctx.member.id)
    rows = [(vehicle.number, vehicle.series) for vehicle in vehicles]
    return Reply(ctx.say("cars", name=ctx.member.name, rows=rows), to="actor")


@feature.command("加车", "addcar", examples=(("加车 轩逸", "记下了：2. 轩逸。"),), arguments=NAME)
async def add(ctx: Context) -> Reply:
    series = _car(ctx)
    if not series:
        near = ctx.catalogue.near(ctx.argument, SUGGESTIONS_MAX)
        raise Refusal("unknown_car", said=ctx.argument, near=near)
    vehicles = await ctx.work.garage.vehicles(ctx.member.id)
    if any(vehicle.series == series for vehicle in vehicles):
        raise Refusal("have_it", series=series)
    if len(vehicles) >= CARS_MAX:
        raise Refusal("too_many", most=CARS_MAX)
    vehicle = Vehicle(_free(vehicles), series, ctx.now)
    await ctx.work.garage.put(ctx.member.id, vehicle)
    return Reply(ctx.say("added", number=vehicle.number, series=series), to="actor")


@feature.command(
    "删车", "dropcar", examples=(("删车 1", "划掉了：海豹。"),), arguments=r"#?\s*\d{1,3}"
)
async def remove(ctx: Context) -> Reply:
    number = int(ctx.argument.lstrip("#＃ "))
    vehicles = await ctx.work.garage.vehicles(ctx.member.id)
    series = next((vehicle.series for vehicle in vehicles if vehicle.number == number), "")
    if not await ctx.work.garage.remove(ctx.member.id, number):
        raise Refusal("no_such_car", number=number)
    return Reply(ctx.say("removed", series=series), to="actor")


def _car(ctx: Context) -> str:
    """The car that was named; empty when it is none, several or part of other talk."""
    cars = ctx.catalogue.find(ctx.argument)
    if len(cars) != 1 or wording.length(ctx.catalogue.rest(ctx.argument)) > SPARE_WORDS_MAX:
        return ""
    return cars[0]


def _free(vehicles: Sequence[Vehicle]) -> int:
    """The smallest number not in use."""
    used = {vehicle.number for vehicle in vehicles}
    return next(number for number in range(1, len(used) + 2) if number not in used)
