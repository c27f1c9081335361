"""What people say every day without meaning anything by it: no good as a password."""

_SAID = """
早上好 上午好 中午好 下午好 晚上好 大家好 大家早 各位好 早安 晚安 你好 您好 大家早上好
大家晚上好 谢谢 谢谢大家 谢谢老板 谢谢分享 谢谢会长 感谢 感谢分享 感谢大家 多谢 辛苦了
大家辛苦了 好的 好的好的 好的谢谢 好的收到 好的明白 收到 收到收到 收到谢谢 明白了 知道了
我知道了 没问题 可以的 可以可以 不客气 不用谢 没关系 没事没事 不好意思 对不起 打扰了 麻烦了
哈哈哈哈 呵呵呵呵 嘿嘿嘿嘿 厉害了 太厉害了 真不错 恭喜恭喜 恭喜 老板大气 老板发财 有人吗
有人在吗 在吗在吗 什么情况 怎么回事 怎么样 怎么办 为什么 是不是 对不对 我也是 我也一样 我也要
加我一个 算我一个 同意 同意同意 支持 支持支持 赞同 说得对 有道理 确实 确实如此 真的吗 不知道
我不知道 不清楚 看情况 再说吧 随便 随便吧 回头聊 拜拜 再见 明天见 下次见 周末愉快 路上注意安全
注意安全 抢红包 发红包 红包来了 求红包 来个红包 红包红包 goodmorning goodevening goodnight hello
hellothere thanks thankyou thankyouall thankssomuch okay okthanks gotit noproblem yourewelcome
sorry whatsup howareyou seeyou byebye congrats congratulations welldone metoo agreed sure
ofcourse idontknow hahaha lol yes yeah nope
"""
PHRASES = frozenset(_SAID.split())


def is_everyday(words: str) -> bool:
    """Of a text as `parse.heard` writes it."""
    return words in PHRASES
