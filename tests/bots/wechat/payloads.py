"""What WeChat puts into messages, written by hand after its form."""

from typing import Any
from xml.sax.saxutils import escape

from bots.wechat.nouns import Kind, Me, Said
from storage.model import Millis

ME = Me("wxid_bot", "小助手")
ROOM = "19@chatroom"
NOON: Millis = 1_700_000_000_000


def said(text: str, kind: int = Kind.TEXT, **more: Any) -> Said:
    return Said(
        **{
            "id": "9001",
            "type": kind,
            "text": text,
            "talker": "wxid_li",
            "name": "小李",
            "at": NOON,
            "room": ROOM,
            "title": "海豹车友会",
            "owner": "wxid_wang",
            **more,
        }
    )


def app(kind: int, title: str, inside: str = "", description: str = "") -> str:
    return (
        '<?xml version="1.0"?>\n<msg>\n\t<appmsg appid="" sdkver="0">\n'
        f"\t\t<title>{escape(title)}</title>\n\t\t<des>{escape(description)}</des>\n\t\t<action>view</action>\n"
        f"\t\t<type>{kind}</type>\n\t\t<showtype>0</showtype>\n\t\t<content />\n{inside}"
        "\t</appmsg>\n\t<fromusername>wxid_li</fromusername>\n\t<scene>0</scene>\n"
        "\t<appinfo><version>1</version><appname></appname></appinfo>\n</msg>\n"
    )


def quote(
    words: str,
    content: str,
    *,
    kind: int = 1,
    svrid: str = "8001",
    account: str = "wxid_wang",
    name: str = "小王",
) -> str:
    """引用."""
    return app(
        57,
        words,
        f"<refermsg><type>{kind}</type><svrid>{svrid}</svrid><fromusr>{ROOM}</fromusr>"
        f"<chatusr>{account}</chatusr><displayname>{escape(name)}</displayname>"
        f"<content>{escape(content)}</content>"
        "<msgsource>&lt;msgsource&gt;&lt;silence&gt;0&lt;/silence&gt;&lt;/msgsource&gt;</msgsource>"
        "<createtime>1700000000</createtime></refermsg>",
    )


PICTURE = (
    '<?xml version="1.0"?>\n<msg>\n\t<img aeskey="a1" cdnthumburl="30" length="48213" md5="b2" />\n'
    "</msg>\n"
)
VIDEO = '<msg><videomsg aeskey="a" length="9" playlength="12" /></msg>'
VOICE = '<msg><voicemsg endflag="1" length="2000" voicelength="1800" /></msg>'
STICKER = '<msg><emoji fromusername="wxid_li" type="2" md5="c3" len="1024"></emoji></msg>'
FILE = app(6, "账单.pdf", "<appattach><totallen>12</totallen><fileext>pdf</fileext></appattach>")
FILE_COMING = app(74, "账单.pdf")
LINK = app(
    5,
    "冬天续航 #续航 打几折",
    "<url>https://example.org/a?b=1&amp;c=2</url><sourcedisplayname>车评</sourcedisplayname>",
    "三年实测",
)
BAD_LINK = app(5, "好文", "<url>https://example.org/a?b=1&c=2</url>")
MINI_PROGRAM = app(33, "充电地图", "<sourcedisplayname>充电</sourcedisplayname>")
CHANNEL = app(
    51,
    "当前版本不支持展示该内容，请升级至最新版本。",
    "<finderFeed><nickname>老张修车</nickname><desc>异响怎么查</desc></finderFeed>",
)
HISTORY = app(19, "群聊的聊天记录", "<recordinfo />", "小李: 提车了\n小王: 恭喜")
NOTE = app(53, "#接龙\n周六 9:00 出发\n\n1. 清川 海豹\n2. 大螃蟹 2人")
ANNOUNCEMENT = app(87, "群公告", "<textannouncement>周六九点集合</textannouncement>")
TRANSFER = app(2000, "微信转账", "<wcpayinfo><feedesc>￥100.00</feedesc></wcpayinfo>")
RED_PACKET = app(2001, "微信红包", "<wcpayinfo><sendertitle>恭喜发财</sendertitle></wcpayinfo>")
PAT = app(62, '"小李" 拍了拍 "小助手"', "<patMsg><chatUser>19@chatroom</chatUser></patMsg>")
SYSTEM_PAT = (
    '<sysmsg type="pat"><pat><fromusername>wxid_li</fromusername>'
    "<pattedusername>wxid_bot</pattedusername></pat></sysmsg>"
)
PLACE = (
    '<msg><location x="31.2" y="121.4" scale="16" label="上海市静安区" poiname="超充站" '
    'infourl="" /></msg>'
)
CARD = '<msg bigheadimgurl="" username="wxid_z" nickname="小张" alias="z" sex="1" />'
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE msg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    "<msg><appmsg><title>&b;</title><type>57</type></appmsg></msg>"
)
OUTSIDE = (
    '<!DOCTYPE msg [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    "<msg><appmsg><title>&x;</title><type>5</type></appmsg></msg>"
)
UNKNOWN = app(999, "新东西")


def recall(new: str = "8001", old: str = "1040") -> str:
    return (
        f'<sysmsg type="revokemsg"><revokemsg><session>{ROOM}</session><msgid>{old}</msgid>'
        f'<newmsgid>{new}</newmsgid><replacemsg><![CDATA["小李" 撤回了一条消息]]></replacemsg>'
        "</revokemsg></sysmsg>"
    )


ALL = (
    PICTURE,
    VIDEO,
    VOICE,
    STICKER,
    FILE,
    FILE_COMING,
    LINK,
    BAD_LINK,
    MINI_PROGRAM,
    CHANNEL,
    HISTORY,
    NOTE,
    ANNOUNCEMENT,
    TRANSFER,
    RED_PACKET,
    PAT,
    SYSTEM_PAT,
    PLACE,
    CARD,
    BOMB,
    OUTSIDE,
    UNKNOWN,
    recall(),
    quote("收录", "海豹 2 万公里"),
    quote("收录", PICTURE, kind=3),
    quote("收录", quote("对", "原文"), kind=49),
    "「小李：原文」\n- - - - - - - - - - - - - - -\n回复",
    "@小助手\u2005积分",
    "@小李\u2005@小助手 给 30 @所有人\u2005",
)
