"""红包: points for the group. Who is quick, or lucky, or meant, gets a piece; what is left goes
back to the payer.

`asked` reads what an envelope is to be, `send` puts it up, `grab` gives the pieces, `ends` closes
it, `tell` shows how it stands and proves its luck, `orders` sends at set times.
"""

from handlers.feature import Feature
from handlers.features.envelope import ends, grab, orders, send, tell
from handlers.features.envelope.asked import ARGUMENTS
from storage.model import Role

feature = Feature("envelope")

NUMBER = r"#?\s{0,4}\d{1,9}"

feature.command(
    "红包",
    "hongbao",
    examples=(
        (
            "红包 60 5",
            "🧧 小王 发了 60 分的拼手气红包，5 个。\n说「抢 1」，先到先得。\n"
            "🔒 指纹 a2b7b75d858f53a2c80e648ae626f260",
        ),
        (
            "红包 60 5 摇号30秒",
            "🧧 小王 发了 60 分的拼手气红包，5 个。\n"
            "说「抢 1」报名，12:00:30 开奖，先来后到都一样。\n"
            "🔒 指纹 a2b7b75d858f53a2c80e648ae626f260",
        ),
        ("红包 60 5 均分", "🧧 小王 发了 60 分的均分红包，5 个。\n说「抢 1」，先到先得。"),
    ),
    arguments=ARGUMENTS,
    where="group",
)(send.send)

feature.command(
    "公费红包",
    "poolhongbao",
    examples=(
        (
            "公费红包 60 5",
            "🧧 小王 用资金池发了 60 分的拼手气红包，5 个。\n说「抢 1」，先到先得。\n"
            "🔒 指纹 a2b7b75d858f53a2c80e648ae626f260",
        ),
    ),
    arguments=ARGUMENTS,
    where="group",
    role=Role.CO_LEADER,
)(send.send_from_pool)

feature.command(
    "抢",
    "抢红包",
    "grab",
    examples=(("抢 1", "没有 1 号红包。"),),
    arguments=r"(#?\d+)?",
    where="group",
)(grab.grab)

feature.command(
    "接力",
    "relay",
    examples=(("接力 1", "没有 1 号红包。"),),
    arguments=NUMBER,
    where="group",
)(send.relay)

feature.command(
    "撤回红包",
    "recall",
    examples=(("撤回红包 1", "没有 1 号红包。"),),
    arguments=NUMBER,
    where="group",
)(ends.cancel)

feature.command(
    "红包记录",
    "envelopes",
    examples=(("红包记录", "这里还没有发过红包。"),),
    arguments=rf"(?:{NUMBER})?",
    where="group",
)(tell.statement)

feature.command(
    "验证",
    "verify",
    examples=(("验证 1", "没有 1 号红包。"),),
    arguments=NUMBER,
)(tell.verify)

feature.command(
    "定时红包",
    "schedule",
    examples=(
        (
            "定时红包 每周五 20:00 100 10",
            "好的，1 号定时红包：2026-05-01 20:00 由资金池发「红包 100 10」，之后每周一次。"
            "不要了说「取消定时 1」。",
        ),
    ),
    arguments=r".{0,200}",
    where="group",
    role=Role.CO_LEADER,
)(orders.order)

feature.command(
    "取消定时",
    "unschedule",
    examples=(("取消定时 1", "没有 1 号定时红包。"),),
    arguments=NUMBER,
    role=Role.CO_LEADER,
)(orders.cancel)

feature.when_heard(send.KEY)(grab.heard)
feature.when_due(send.EXPIRE)(ends.expire)
feature.when_due(send.DRAW)(ends.draw)
feature.when_due(orders.SEND)(orders.send)
feature.on("removed")(ends.chat_gone)
feature.on("moved", clubless=True)(ends.chat_moved)
feature.live(tell.draw)
