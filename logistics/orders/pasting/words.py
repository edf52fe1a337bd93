"""The words that messages are made of: numbers, units, surnames, politeness."""

import re

DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "俩": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
CHINESE_NUMBER = "[一二两俩三四五六七八九十百]{1,5}"
# What may hold several units of ours, so that the number is not sure.
SEVERAL = {"箱", "打", "件套", "case", "cases", "carton", "cartons", "crate", "crates", "dozen"}
CHINESE_UNIT = "(?:箱|个|件|盒|套|包|瓶|只|条|袋|罐|支|把|张|块|双|本|台|盏|份|桶|卷|打)"
CHINESE_AMOUNT = rf"(?:\d{{1,6}}|{CHINESE_NUMBER})[ \t]*{CHINESE_UNIT}"
ENGLISH = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
    "fifteen": 15, "twenty": 20, "a": 1, "an": 1, "a couple": 2, "a dozen": 12, "a pair": 2,
}  # fmt: skip
ENGLISH_NUMBER = "(?:" + "|".join(sorted(ENGLISH, key=len, reverse=True)) + ")"
ENGLISH_UNIT = "(?:pieces?|pcs?|units?|boxes|box|packs?|packets?|bottles?|sets?|pairs?|bags?|cases?|cartons?|crates?|dozen)"

SURNAME = (
    "欧阳|司马|上官|诸葛|司徒|东方|皇甫|尉迟|公孙|慕容|令狐|端木|"
    "[王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付傅方白邹孟熊秦邱"
    "江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌"
    "毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边"
    "卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝]"
)
TITLE = "(?:先生|女士|小姐|老师|太太)"

# Politeness and what introduces goods or a place: it is understood, and nothing to write down.
_CHINESE = (
    "老板娘?|亲爱的|亲|您好|你好|哈喽|在吗|麻烦您?|请|帮忙|帮我|给我|我想要|我想|我要|我们要|想要|还要|再要|另外|还有|以及|再来|来|"
    "订购|订|下单|购买|买|需要|要|寄到|发到|送到|寄给|发给|送给|寄往|发货到|寄|发|送|谢谢您?|谢谢你|多谢|谢了|谢|辛苦了?|哦|哈|吧|呀|啊|了|的|和|与|跟|都"
)
_ENGLISH = (
    "good (?:morning|afternoon|evening)|hi there|hi|hello|hey|dear|please|pls|plz|thank you(?: very much| so much)?|many thanks|thanks(?: a lot)?|"
    "thx|cheers|(?:kind |best )?regards|best|i'd like(?: to (?:order|buy|have|get))?|i would like(?: to (?:order|buy|have|get))?|"
    "i want(?: to (?:order|buy))?|i need|we need|we'd like|we want|i'll take|i'll have|(?:can|could) i (?:have|get|order)|"
    "(?:can|could) you send(?: me)?|send me|send us|give me|to order|i order|order|ship|deliver|send|"
    "(?:ship|deliver|send|post)(?: it| them| this)? to|(?:my|the) address is|and|also|plus|sent to|shipped to|delivered to|sent|for me|for us|for|"
    "of|some|the|to|at|my|it's|is|you|(?:call|reach) me(?: on| at)?|phone|tel|mobile|e-?mail"
)
_SIGNS = r"[\s,，.。!！~～:：]"
FILLER_BEFORE = re.compile(rf"(?:(?:{_ENGLISH})(?![\w'’-])|{_CHINESE}){_SIGNS}*", re.IGNORECASE)
_ENGLISH_AFTER = "please|pls|plz|thank you|thanks|thx|cheers|(?:sent |shipped |delivered )?to|sent|for|each|and"
FILLER_AFTER = re.compile(rf"{_SIGNS}*(?:(?<![\w'’-])(?:{_ENGLISH_AFTER})|谢谢您?|谢谢你|多谢|麻烦了?|吧|哦|哈|呀|啊|了){_SIGNS}*$", re.IGNORECASE)


def count(text: str) -> int | None:
    """The number that these digits or words mean; None for none."""
    written = text.strip().lower()
    if re.fullmatch(r"[0-9]{1,6}", written):
        return int(written)
    if written in ENGLISH:
        return ENGLISH[written]
    return _count_chinese(written) if re.fullmatch(CHINESE_NUMBER, written) else None


def _count_chinese(written: str) -> int | None:
    """一 to 九百九十九: 十二, 二十, 一百二十."""
    match = re.fullmatch(r"(?:([一二两三四五六七八九])百)?零?(?:([一二三四五六七八九])?(十))?([一二两俩三四五六七八九])?", written)
    if not match or not written:
        return None
    hundreds, tens, ten, ones = match.groups()
    return 100 * DIGITS.get(hundreds, 0) + (10 * DIGITS.get(tens, 1) if ten else 0) + DIGITS.get(ones, 0) or None
