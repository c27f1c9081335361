"""分享: an owner's experience, kept with its author's own yes and given back on request.

`capture` takes shares in; `own` is what authors (and leaders) do with what was taken in.
"""

from handlers.context import Asking
from handlers.feature import Feature
from handlers.features.share import capture, own
from handlers.knowledge import facts, tags

feature = Feature("share")

TAG = "|".join(tag.name for tag in tags.TAGS)
NUMBER = r"#?\s*\d{1,9}"

feature.command(
    "分享",
    "share",
    examples=(
        (
            "分享 #电耗 冬天百公里13.5度，跑了2万公里",
            "收好 #2 电耗：海豹 · 2万公里 · 13.5 kWh/100km，+10 分。只在本会引用，"
            "「删除 #2」随时收回。",
        ),
    ),
    arguments=f".*#\\s?(?:{TAG}).*|.{{15,}}",
)(capture.share)

feature.command(
    "收录",
    "save",
    examples=(("收录", "回复你自己的那条消息说「收录」，我就把它收好。"),),
    arguments=f"(?:#?(?:{TAG})#?)?",
)(capture.collect)

feature.command(
    "补充",
    "add",
    examples=(("补充 #1 3万公里", "#1 不是你的分享，只有作者能补充。"),),
    arguments=rf"{NUMBER}\s+\S.{{0,60}}",
)(capture.add)

feature.command("我的分享", "myshares", examples=(("我的分享", "小王，你还没有分享。"),))(own.mine)

feature.command(
    "看",
    "show",
    examples=(
        (
            "看 #1",
            "#1 油耗 · 轩逸 · 2万公里 · 6.5 L/100km · 2026-05 · 小李\n"
            "#油耗 轩逸 百公里6.5升 开了2万公里",
        ),
    ),
    arguments=NUMBER,
)(own.show)

feature.command(
    "删除",
    "delete",
    examples=(("删除 #1", "#1 已删除，也告诉作者了。"),),
    arguments=NUMBER,
)(own.delete)

feature.command(
    "公开",
    "publish",
    examples=(("公开 #1", "#1 不是你的分享，只有作者能决定。"),),
    arguments=NUMBER,
)(own.publish)

feature.command(
    "撤回同意",
    "withdraw",
    examples=(("撤回同意 #1", "#1 不是你的分享，只有作者能决定。"),),
    arguments=NUMBER,
)(own.withdraw)


def is_tagged(asking: Asking) -> bool:
    return bool(tags.find(asking.event.text))


def is_addition(asking: Asking) -> bool:
    return facts.added_to(asking.event, asking.catalogue) is not None


feature.on("message", wants=is_tagged)(capture.tagged)
feature.on("message", wants=is_addition)(capture.answered)
feature.on("edit")(capture.edited)
feature.on("recalled")(own.recalled)
