"""What owners tell is kept: with its files, by their own yes, and nobody else's words."""

from tests.end_to_end.telegram.scene import Scene, said_after
from tests.support.telegram import Chat, Message, User
from tests.support.telegram.faults import Refuse
from tests.support.telegram.refusals import flooded

WORDS = "#提车 海豹 落地21万 颜色很好看"
STORY = "海豹开了2万公里，百公里5.2升，冬天也就5.8，很省心"
ASKED = "3 位车友觉得这条值得留下。作者愿意收进车友会的话，本人按一下。"


async def test_a_file_with_a_caption_is_kept_by_its_id(on: Scene, club: Chat, li: User) -> None:
    said = [
        ("picture", await li.sends_photo(club, caption=f"{WORDS}，照片")),
        ("video", await li.sends_video(club, caption=f"{WORDS}，视频")),
        ("voice", await li.sends_voice(club, caption=f"{WORDS}，语音")),
        ("file", await li.sends_document(club, "a.pdf", b"%PDF", caption=f"{WORDS}，合同")),
        ("picture", await li.sends_document(club, "a.png", b"PNG", caption=f"{WORDS}，原图")),
    ]
    await club.hears("收好 #5 提车：海豹 · 21 万元")
    await on.quiet()
    for number, (kind, message) in enumerate(said, 1):
        [media] = (await on.share(number)).media
        assert (media.kind, media.id) == (kind, file_id_of(message))
    assert not on.api.requests("getFile")  # nothing is fetched that nobody asked for


def file_id_of(message: Message) -> str:
    for field in ("photo", "video", "voice", "document"):
        shown = message.content.get(field)
        if shown:
            return str(shown[-1]["file_id"] if field == "photo" else shown["file_id"])
    raise AssertionError("no file")


async def test_a_caption_that_is_edited_changes_the_share(on: Scene, club: Chat, li: User) -> None:
    said = await li.sends_photo(club, caption=WORDS)
    await club.hears("收好 #1", after=said)
    await li.edits(said, "#提车 海豹 落地20万 颜色很好看")
    await on.quiet()
    share = await on.share(1)
    assert share.facts.price_yuan == 200_000
    assert len(share.media) == 1
    assert len(said_after(said)) == 1


async def test_somebody_elses_words_are_neither_kept_nor_obeyed(
    on: Scene, club: Chat, wang: User, li: User, zhao: User
) -> None:
    elsewhere = on.api.group("别处", members=[zhao, li], with_bot=False)
    story = await zhao.says(elsewhere, WORDS)
    command = await zhao.says(elsewhere, "红包 10 1")
    first = await li.forwards(story, club)
    await li.forwards(command, club)
    hidden = on.api.user("藏名的人")
    hidden.hides_forwards = True
    elsewhere.seat(hidden)
    await li.forwards(await hidden.says(elsewhere, WORDS), club)
    await on.quiet()
    assert said_after(first) == []
    assert await on.shares() == 0
    refused = await li.says(club, "收录", reply_to=first)
    told = await club.hears("这是转发", after=refused)
    assert told.text == "这是转发 小赵 的话，只有说的人自己能收。"


async def test_ones_own_words_may_be_passed_on(on: Scene, club: Chat, li: User) -> None:
    elsewhere = on.api.group("别处", members=[li], with_bot=False)
    story = await li.says(elsewhere, WORDS)
    passed_on = await li.forwards(story, club)
    await club.hears("收好 #1 提车", after=passed_on)
    await on.quiet()
    assert await on.points(li) == 10


async def test_somebody_elses_collecting_only_asks_the_author(
    on: Scene, club: Chat, li: User, zhao: User
) -> None:
    story = await li.says(club, STORY)
    said = await zhao.says(club, "收录", reply_to=story)
    asked = await club.hears("小李，这条经验有人想收进车友会。", after=said)
    assert asked.reply_to is story
    assert (await zhao.taps(asked, "收下我这条")).text == "只有 小李 自己能收下这条。"
    assert await on.shares() == 0
    kept = await li.taps(asked, "收下我这条")
    assert kept.text.startswith("收好 #1")
    await on.quiet()
    assert (await on.share(1)).text == STORY
    assert (await on.share(1)).message == str(story.id)
    assert await on.points(li) == 10


async def test_three_stars_ask_the_author_once_and_only_the_author_decides(
    on: Scene, club: Chat, wang: User, li: User, zhao: User
) -> None:
    more = [on.api.user("小孙"), on.api.user("小周")]
    club.seat_all(more)
    story = await li.says(club, STORY)
    await li.reacts(story, "🏆")  # one's own does not count
    await wang.reacts(story, "🏆")
    await zhao.reacts(story, "💯")
    await on.quiet()
    assert said_after(story) == []
    await more[0].reacts(story, "⭐")
    asked = await club.hears(ASKED, after=story)
    assert asked.reply_to is story
    await more[0].reacts(story)
    await more[0].reacts(story, "⭐")
    await more[1].reacts(story, "🏆")
    await on.quiet()
    assert said_after(story) == [ASKED]
    assert (await zhao.taps(asked, "收下我这条")).text == "只有 小李 自己能收下这条。"
    assert await on.shares() == 0
    assert (await li.taps(asked, "收下我这条")).text.startswith("收好 #1")
    await on.quiet()
    assert (await on.share(1)).text == STORY
    assert await on.points(li) == 10
    assert "已经收过了" in (await li.taps(asked, "收下我这条")).text


async def test_friendly_reactions_ask_nobody(
    on: Scene, club: Chat, wang: User, li: User, zhao: User
) -> None:
    fourth = on.api.user("小孙")
    club.seat(fourth)
    story = await li.says(club, STORY)
    for each in (wang, zhao, fourth):
        await each.reacts(story, "👍")
        await each.reacts(story, "❤", "👍")
    await on.quiet()
    assert said_after(story) == []


async def test_what_the_bot_said_itself_is_not_asked_for(
    on: Scene, club: Chat, wang: User, li: User, zhao: User
) -> None:
    asked = await li.says(club, "积分")
    answer = await club.hears("小李，你有", after=asked)
    for each in (wang, li, zhao):
        await each.reacts(answer, "🏆")
    await on.quiet()
    assert said_after(answer) == []


async def test_a_question_is_answered_with_what_owners_told(
    on: Scene, club: Chat, li: User, zhao: User
) -> None:
    said = await li.says(club, "#油耗 海豹 百公里5.2升 开了2万公里")
    await club.hears("收好 #1", after=said)
    asked = await zhao.says(club, "问 海豹 油耗")
    answer = await club.hears("海豹 油耗：1 位车主（低样本）", after=asked)
    assert "「海豹 百公里5.2升 开了2万公里」小李" in answer.text


async def test_the_line_about_a_share_may_be_answered_with_what_it_lacks(
    on: Scene, club: Chat, li: User
) -> None:
    said = await li.says(club, "#油耗 海豹 百公里5.2升，市区堵车比较多")
    line = await club.hears("开了多少公里？", after=said)
    await li.says(club, "2万公里", reply_to=line)
    await club.hears("补上了 #1 油耗", after=line)
    assert (await on.share(1)).facts.km == 20_000


async def test_the_pictures_of_a_share_are_shown(
    on: Scene, club: Chat, wang: User, li: User
) -> None:
    said = await li.posts_album(club, 3, caption=WORDS)
    await club.hears("收好 #1", after=said[-1])
    asked = await wang.says(club, "看 #1")
    shown = await club.hears("图 3 张", after=asked)
    await on.quiet()
    album = [message for message in club.messages if message.id > shown.id]
    assert [file_id_of(message) for message in album] == [file_id_of(each) for each in said]
    assert len({message.content["media_group_id"] for message in album}) == 1


async def test_a_picture_that_came_as_a_file_is_shown_as_one(
    on: Scene, club: Chat, wang: User, li: User
) -> None:
    said = await li.sends_document(club, "a.png", b"PNG", caption=WORDS)
    await club.hears("收好 #1", after=said)
    asked = await wang.says(club, "看 #1")
    shown = await club.hears("图 1 张", after=asked)
    await on.quiet()
    (file,) = [message for message in club.messages if message.id > shown.id]
    assert file_id_of(file) == file_id_of(said)
    assert len(on.api.requests("sendPhoto")) == 1


async def test_words_are_said_once_whatever_becomes_of_the_pictures(
    on: Scene, club: Chat, wang: User, li: User
) -> None:
    said = await li.posts_album(club, 2, caption=WORDS)
    await club.hears("收好 #1", after=said[-1])
    file = on.api.world.files.pop(file_id_of(said[0]))
    asked = await wang.says(club, "看 #1")
    shown = await club.hears("图 2 张", after=asked)
    await on.quiet()
    (other,) = [message for message in club.messages if message.id > shown.id]
    assert file_id_of(other) == file_id_of(said[1])
    on.api.world.files[file.file_id] = file
    on.api.fail(Refuse(flooded(30)), "sendMediaGroup")
    asked = await wang.says(club, "看 #1")
    shown = await club.hears("图 2 张", after=asked)
    await on.quiet()
    assert [message for message in club.messages if message.id > shown.id] == []
