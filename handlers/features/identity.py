"""账号码: one person, several accounts. Whoever has a member's code can make their account the
member's, whether the platform gave them another id or they are on two platforms."""

from handlers import codes, joining
from handlers.context import Context
from handlers.feature import Feature
from handlers.members import tell_in_private
from handlers.parse import fold
from storage.errors import Refusal
from storage.model import Account, Choice, Reply

feature = Feature("identity")

CONFIRM = "确认合并"
CODE = r"[0-9A-Za-z]{5}-?[0-9A-Za-z]{5}"


@feature.command(
    "账号码",
    "mycode",
    examples=(("账号码", "这件事请私聊我说。"),),
    where="private",
)
async def my_code(ctx: Context) -> Reply:
    """A new one replaces the one before. It is to be kept for the day an account is lost."""
    code = codes.fresh(ctx.world)
    expires_at = ctx.now + codes.LIFETIME[codes.ACCOUNT]
    await ctx.work.people.put_code(
        codes.digest(code), codes.ACCOUNT, expires_at, member=ctx.member.id
    )
    return Reply(ctx.say("code", code=code), to="private")


@feature.command(
    "合并账号",
    "join",
    examples=(("合并账号 7KQ4M-X2PZA", "这件事请私聊我说。"),),
    arguments=CODE,
    clubless=True,
)
async def explain(ctx: Context) -> Reply:
    """Whom it would join: nobody is to give their points away by a stranger's code unawares."""
    digest = codes.digest(fold(ctx.argument))
    two = await _two(ctx, digest)
    if isinstance(two, Reply):
        return two
    member, other = two
    name, points = await joining.seen(ctx.work, member)
    own_name, own_points = await joining.seen(ctx.work, other)
    text = ctx.say(
        "explain",
        name=name,
        points=points,
        own_name=own_name or ctx.event.name,
        own_points=own_points,
        code=ctx.argument,
    )
    choice = Choice(ctx.say("confirm_label"), f"{CONFIRM} {ctx.argument}")
    return Reply(text, (choice,), to="private")


@feature.command(
    CONFIRM,
    "joinconfirm",
    examples=((f"{CONFIRM} 7KQ4M-X2PZA", "这件事请私聊我说。"),),
    arguments=CODE,
    clubless=True,
)
async def confirm(ctx: Context) -> Reply:
    """All of it in this unit, in every club; the account that asks is the member's from then on."""
    digest = codes.digest(fold(ctx.argument))
    two = await _two(ctx, digest)
    if isinstance(two, Reply):
        return two
    member, other = two
    await ctx.work.people.use_code(digest, codes.ACCOUNT)
    joined = await joining.join(ctx.work, other, member)
    await _become(ctx)
    await _tell_the_others(ctx)
    text = ctx.say(
        "joined",
        name=ctx.member.name,
        points=joined.points,
        returned=joined.returned,
        owed=joined.owes,
    )
    return Reply(text, to="private")


async def _two(ctx: Context, digest: bytes) -> tuple[str, str] | Reply:
    """Whose code it is, and who asks; a reply where these are not two to be joined."""
    if not ctx.event.private:
        return await _burn(ctx, digest)
    member, other = await _member(ctx, digest), await _asking(ctx)
    return (member, other) if other is not None else await _bind(ctx, digest)


async def _member(ctx: Context, digest: bytes) -> str:
    """Whose code it is. Raises Refusal when it is nobody's, or one's own."""
    member = await ctx.work.people.whose_code(digest, codes.ACCOUNT)
    if member is None:
        raise Refusal("wrong_code")
    if member == await _asking(ctx):
        raise Refusal("own_code")
    return member


async def _asking(ctx: Context) -> str | None:
    """Who asks: also one whom no club knows, as an import may have found their words."""
    return await ctx.work.people.person(Account(ctx.event.platform, ctx.event.account))


async def _bind(ctx: Context, digest: bytes) -> Reply:
    """An account nobody has ever seen: there is nothing to join, it is the member's."""
    member = await ctx.work.people.use_code(digest, codes.ACCOUNT)
    account = Account(ctx.event.platform, ctx.event.account)
    await ctx.work.people.bind(account, member or "", ctx.event.name)
    _, points = await joining.seen(ctx.work, member or "")
    await _become(ctx)
    await joining.show_badges(ctx.work, ctx.member.id)
    await _tell_the_others(ctx)
    return Reply(ctx.say("bound", name=ctx.member.name, points=points), to="private")


async def _become(ctx: Context) -> None:
    """The sender is the member now, in the club where that one was last active."""
    known = await ctx.work.events.arrive(ctx.event)
    ctx.club, ctx.member = known.club or ctx.club, known.member or ctx.member


async def _tell_the_others(ctx: Context) -> None:
    """By each account that was theirs before, in case it was not they who had the code."""
    here = Account(ctx.event.platform, ctx.event.account)
    reply = Reply(ctx.say("told", name=ctx.member.name), to="private")
    for account in await ctx.work.people.accounts(ctx.member.id):
        if account != here:
            await ctx.work.outbox.put(account.platform, "", account.id, reply, member=ctx.member.id)


async def _burn(ctx: Context, digest: bytes) -> Reply:
    """Said where others read it: a code that was good is good for nothing any more."""
    member = await ctx.work.people.use_code(digest, codes.ACCOUNT)
    if member is None:
        raise Refusal("only_in_private")
    reply = Reply(ctx.say("burnt_told"), to="private")
    for platform in {each.platform for each in await ctx.work.people.accounts(member)}:
        await tell_in_private(ctx.work, member, platform, reply)
    return Reply(ctx.say("burnt"), to="actor")
