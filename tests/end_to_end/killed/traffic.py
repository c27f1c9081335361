"""Members of three groups who go on talking, whatever happens to the program that serves them.

They keep below the house's own limits (how often somebody may ask, how much a group may be told),
so that nothing is refused but what has a reason, and all that is owed is said soon after the end.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from itertools import count

from tests.end_to_end.killed.deeds import (
    Arrival,
    Deeds,
    Gift,
    Grab,
    Group,
    Offer,
    Recall,
    Share,
)
from tests.end_to_end.killed.heard import Heard, Said
from tests.end_to_end.killed.tempo import (
    ASKS_BURST,
    ASKS_EVERY_SECONDS,
    TOLD_BURST,
    Allowance,
    Tempo,
)
from tests.support.telegram import BotApi, Chat, User

MEMBERS = 20
IN_TWO_GROUPS = 2
NEWCOMERS_MAX = 12
OPEN_AT_ONCE = 4
POOL_TOTAL = 40
POOL_A_DAY = 900
GRAB = "抢红包"
OVER = ("手慢了", "撤回了")
SMALL_TALK = ("今天真冷", "周末谁去跑山", "洗车去了", "刚加满油", "这段路太堵了", "晚上吃啥")
CARS = ("海豹", "轩逸", "汉", "元PLUS", "宋PLUS")
WORDS = 16
THINGS = "座椅 音响 方向盘 后备箱 天窗 轮胎 刹车 空调 雨刮 大灯 车机 悬架 底盘 隔音 油漆 门把手"
JUDGED = "满意 不错 很稳 省心 结实 好用 安静 耐用 灵敏 舒服 顺手 扎实 清楚 合适 够用 轻快"


class Traffic:
    def __init__(self, api: BotApi, heard: Heard, dice: random.Random, tempo: Tempo) -> None:
        self.deeds = Deeds()
        self.heard = heard
        self._api = api
        self._dice = dice
        self._tempo = tempo
        self._numbers = count(1)
        self._asks: dict[int, Allowance] = {}
        self._told: dict[int, Allowance] = {}
        self._known: set[tuple[int, int]] = set()
        """Who was answered in a group: the house knows them there."""
        self._todo: tuple[tuple[Callable[[], Awaitable[None]], int], ...] = (
            (self._tap, 34), (self._grab, 6), (self._share, 12), (self._album, 2),
            (self._offer, 8), (self._recall, 2), (self._gift, 8), (self._edit, 6), (self._talk, 10),
        )  # fmt: skip

    async def found(self) -> None:
        """Three groups, one of them a forum, and an envelope of the pool in each to begin with."""
        people = [self._api.user(f"车友{number}") for number in range(1, MEMBERS + 1)]
        for place, title in enumerate(("海豹群", "自驾群", "车主论坛")):
            members = [*people[place::3], *people[:IN_TWO_GROUPS]]
            forum = title == "车主论坛"
            chat = self._api.group(title, members=members, forum=forum)
            chat.promote_bot()
            topics = [chat.topic(name).thread for name in ("红包区", "用车") if forum]
            group = Group(chat, list(dict.fromkeys(members)), [None, *topics])
            self.deeds.founded.append(group)
            chat.owner.started = True  # they are told in private how the club is set up
            await chat.owner.says(chat, f"建会 {title}")
            await chat.owner.says(chat, "设置 安静 关")
            await self._put_up(group, chat.owner, from_pool=True)

    async def go_on(self) -> None:
        """Until cancelled."""
        while True:
            self._look()
            await self._something()
            await asyncio.sleep(self._dice.expovariate(self._tempo.deeds_per_second))

    async def _something(self) -> None:
        if not self._dice.randrange(self._tempo.newcomer_every):
            await self._arrive()
            return
        deeds, weights = zip(*self._todo, strict=True)
        [deed] = self._dice.choices(deeds, weights)
        await deed()

    # What they see

    def _look(self) -> None:
        new = self.heard.listen()
        for offer in self.deeds.offers:
            if offer.shown is None:
                self._find(offer, new)
        for grab in self.deeds.grabs:
            if grab.tap is not None and grab.tap.answer is not None:
                self._known.add((grab.who.id, grab.offer.group.chat.id))
                grab.offer.over |= any(word in grab.tap.answer.text for word in OVER)

    def _find(self, offer: Offer, new: list[Said]) -> None:
        chat = offer.group.chat
        for said in new:
            if said.chat == chat.id and offer.words in said.text:
                offer.shown = chat.find(said.message)
                offer.number = int(said.text.split("说「抢 ")[1].split("」")[0])

    def _purse(self, who: User, group: Group) -> int:
        """What somebody thinks they have: what they were told they got, less what they gave."""
        won = sum(
            points(grab.tap.answer.text)
            for grab in self.deeds.grabs
            if grab.who is who
            and grab.offer.group is group
            and grab.tap is not None
            and grab.tap.answer is not None
        )
        offers = [each for each in self.deeds.offers if each.who is who and not each.from_pool]
        spent = sum(each.total for each in offers if each.group is group)
        gifts = [each for each in self.deeds.gifts if each.who is who and each.group is group]
        return won - spent - sum(each.points for each in gifts)

    # What they may

    def _may_ask(self, who: User) -> bool:
        fresh = Allowance(ASKS_BURST, ASKS_EVERY_SECONDS)
        return self._asks.setdefault(who.id, fresh).take()

    def _may_be_told(self, chat: Chat) -> bool:
        fresh = Allowance(TOLD_BURST, self._tempo.told_every_seconds)
        return self._told.setdefault(chat.id, fresh).take()

    def _group(self) -> Group:
        return self._dice.choice(self.deeds.founded)

    def _member(self, group: Group) -> User:
        return self._dice.choice(group.members)

    def _place(self, who: User, group: Group) -> Chat | None:
        """Where somebody asks: in the group when it can be told more, else privately if the house
        knows which club they are of."""
        if self._dice.random() < 0.5 and self._may_be_told(group.chat):
            return group.chat
        clubs = sum(who in each.members for each in self.deeds.founded)
        if clubs == 1 and (who.id, group.chat.id) in self._known:
            return who.private
        return None

    def _open(self) -> list[Offer]:
        """Those that can be seen and may still have pieces."""
        return [
            each
            for each in self.deeds.offers
            if each.shown is not None and not each.over and GRAB in each.shown.labels
        ]

    # What they do

    async def _tap(self) -> None:
        offers = self._open()
        if not offers:
            return
        offer = self._dice.choice(offers)
        who = self._member(offer.group)
        if offer.shown is not None and self._may_ask(who):
            tap = who.presses(offer.shown, GRAB)
            self.deeds.grabs.append(Grab(who, offer, tap=tap))

    async def _grab(self) -> None:
        offers = self._open()
        if not offers:
            return
        offer = self._dice.choice(offers)
        who, chat = self._member(offer.group), offer.group.chat
        if self._may_be_told(chat) and self._may_ask(who):
            said = await who.says(chat, f"抢 {offer.number}", thread=self._topic(offer.group))
            self.deeds.grabs.append(Grab(who, offer, said=said))

    async def _share(self) -> None:
        group = self._group()
        who = self._member(group)
        chat = self._place(who, group)
        if chat is None or not self._may_ask(who):
            return
        words = self._experience()
        if chat.person:
            said = await who.whispers(words)
        else:
            said = await who.says(chat, words, thread=self._topic(group))
        self.deeds.shares.append(Share(who, group, (said,), words))

    async def _album(self) -> None:
        group = self._group()
        who = self._member(group)
        if self._may_be_told(group.chat) and self._may_ask(who):
            words, pictures = self._experience(), self._dice.randint(2, 6)
            said = await who.posts_album(group.chat, pictures, words, thread=self._topic(group))
            self.deeds.shares.append(Share(who, group, tuple(said), words, pictures))

    async def _edit(self) -> None:
        """Of a share that was kept, or of talk."""
        kept = [
            each
            for each in self.deeds.shares
            if not each.pictures and self.heard.answers(*each.said)
        ]
        if kept:
            share = self._dice.choice(kept)
            if self._may_ask(share.who):
                share.words = self._experience()
                share.edits += 1
                await share.who.edits(share.said[0], share.words)
        if self.deeds.talk:
            talk = self._dice.choice(self.deeds.talk)
            if talk.author is not None and self._may_ask(talk.author):
                await talk.author.edits(talk, self._dice.choice(SMALL_TALK) + "！")

    async def _offer(self) -> None:
        group = self._group()
        chat, owner = group.chat, group.chat.owner
        if sum(each.group is group for each in self._open()) >= OPEN_AT_ONCE:
            return
        rich = [
            who for who in group.members if self._purse(who, group) >= 2 * self._next_total(group)
        ]
        from_pool = not rich
        who = owner if from_pool else self._dice.choice(rich)
        if self._may_be_told(chat) and self._may_ask(who):
            await self._put_up(group, who, from_pool=from_pool)

    async def _put_up(self, group: Group, who: User, *, from_pool: bool) -> None:
        total = POOL_TOTAL + self._offers(group) if from_pool else self._next_total(group)
        if from_pool and total > POOL_A_DAY - self._from_pool(group):
            return
        pieces = self._dice.randint(2, 6)
        text = f"{'公费红包' if from_pool else '红包'} {total} {pieces}"
        said = await who.says(group.chat, text, thread=self._topic(group))
        self.deeds.offers.append(Offer(who, group, said, total, pieces, from_pool))

    async def _recall(self) -> None:
        offers = [each for each in self._open() if not each.from_pool]
        if not offers:
            return
        offer = self._dice.choice(offers)
        if self._may_be_told(offer.group.chat) and self._may_ask(offer.who):
            said = await offer.who.says(offer.group.chat, f"撤回红包 {offer.number}")
            self.deeds.recalls.append(Recall(offer.who, offer, said))

    async def _gift(self) -> None:
        group = self._group()
        known = [who for who in group.members if (who.id, group.chat.id) in self._known]
        if len(known) < 2:
            return
        who, to = self._dice.sample(known, 2)
        before = [each for each in self.deeds.gifts if each.who is who and each.to is to]
        points = 1 + len(before)
        chat = self._place(who, group) if self._purse(who, group) >= points else None
        if chat is None or not self._may_ask(who):
            return
        text = f"送分 {to.name} {points}"
        if chat.person:
            who.started = True
        thread = None if chat.person else self._topic(group)
        said = await who.says(chat, text, thread=thread, people={to.name: to})
        self.deeds.gifts.append(Gift(who, to, group, said, points))

    async def _talk(self) -> None:
        group = self._group()
        words = self._dice.choice(SMALL_TALK)
        said = await self._member(group).says(group.chat, words, thread=self._topic(group))
        self.deeds.talk.append(said)

    async def _arrive(self) -> None:
        if len(self.deeds.arrivals) >= NEWCOMERS_MAX:
            return
        group = self._group()
        if not self.heard.with_words(group.chat.owner.private, "安静：关"):
            return  # at night their welcome would wait for the morning
        who = self._api.user(f"新人{next(self._numbers)}")
        self.deeds.arrivals.append(Arrival(who, group, self._api.world.now()))
        await who.joins(group.chat)
        group.members.append(who)

    # Words and numbers that were not there before

    def _experience(self) -> str:
        number = next(self._numbers)
        first, second = divmod(number, WORDS)
        thing, judged = THINGS.split()[second], JUDGED.split()[first % WORDS]
        again = f"，第{first // WORDS}年也一样" if first >= WORDS else ""
        return f"#口碑 {self._dice.choice(CARS)} 开了2万公里，{thing}{judged}{again}"

    def _topic(self, group: Group) -> int | None:
        return self._dice.choice(group.topics)

    def _offers(self, group: Group) -> int:
        return sum(each.group is group for each in self.deeds.offers)

    def _from_pool(self, group: Group) -> int:
        offers = (each for each in self.deeds.offers if each.group is group and each.from_pool)
        return sum(each.total for each in offers)

    def _next_total(self, group: Group) -> int:
        """Small, so that many can be sent; the pool's are larger than any of these."""
        return 6 + sum(each.group is group and not each.from_pool for each in self.deeds.offers)


def points(toast: str) -> int:
    """What somebody got by what they were told; 0 where it was nothing."""
    _, got, rest = toast.partition("抢到 ")
    return int(rest.split(" ")[0]) if got else 0
