"""Kuaidi100's pushes (api.kuaidi100.com/document, 快递信息推送): the JSON of the form field `param`, or `lastResult` alone (实时快递查询).

Times stand without an offset. What an event means is its `statusCode`, of which the first digit tells as much as `state` does.
"""

from datetime import tzinfo
from typing import Any

from logistics.tracking.reading import meanings as m
from logistics.tracking.reading.bodies import Node, between, fault_of
from logistics.tracking.reading.saying import Reading, Said

# The documentation's table of states: the thirteen plain ones, then the finer ones (高级物流状态).
STATES: m.Meanings = {
    "0": m.MOVING,
    "1": m.MOVING,
    "2": m.HELD,
    "3": m.DELIVERED,
    "4": m.RETURNED,
    "5": m.OUT,
    "6": m.RETURNING,
    "7": m.MOVING,
    "8": m.MOVING,
    "10": m.MOVING,
    "11": m.MOVING,
    "12": m.MOVING,
    "13": m.IN_CUSTOMS,
    "14": m.REFUSED,
    "101": m.LABEL,
    "102": m.LABEL,
    "103": m.MOVING,
    "1001": m.MOVING,
    "1002": m.MOVING,
    "1003": m.MOVING,
    "201": m.DELAYED,
    "202": m.DELAYED,
    "203": m.REFUSED,
    "204": m.TRIED,
    "205": m.NOT_COLLECTED,
    "206": m.NOBODY_IN,
    "207": m.BAD_ADDRESS,
    "208": m.DELAYED,
    "209": m.DAMAGED,
    "301": m.TO_RECIPIENT,
    "302": m.DELIVERED,
    "303": m.TO_NEIGHBOUR,
    "304": m.TO_LOCKER,
    "501": m.READY,
}
# Events of those who have not ordered codes carry the state in words only.
WORDS = {
    "在途": "0",
    "揽收": "1",
    "疑难": "2",
    "签收": "3",
    "退签": "4",
    "派件": "5",
    "退回": "6",
    "转投": "7",
    "清关": "8",
    "待清关": "10",
    "清关中": "11",
    "已清关": "12",
    "清关异常": "13",
    "拒签": "14",
    "已下单": "101",
    "待揽收": "102",
    "已揽收": "103",
    "到达派件城市": "1001",
    "干线": "1002",
    "转递": "1003",
    "投柜或驿站": "501",
    "拒收": "203",
    "派件异常": "204",
    "无法联系": "206",
    "本人签收": "301",
    "派件异常后签收": "302",
    "代签": "303",
    "投柜或站签收": "304",
}
_ABANDONED = "abort"


def read(body: Any, *, zone: tzinfo) -> Reading:
    """What Kuaidi100 says of one parcel. That it gave up, and an answer without success, are its word that it knows nothing."""
    top = Node(body).as_object()
    if top.has("returnCode"):
        return Reading(fault=fault_of([top], code="returnCode"))
    if not top.has("lastResult") and top.code("status") == _ABANDONED:
        return Reading(fault=fault_of([top], code="status"))
    result = top.object("lastResult") if top.has("lastResult") or not top.has("nu") else top
    number, carrier = result.number("nu"), result.code("com")
    said = [_event(number, carrier, event, zone) for event in result.each("data")]
    if not said and top.code("status") == _ABANDONED:
        return Reading(fault=fault_of([top], code="status"))
    expected = () if m.is_delivered(said) else between(number, [result.day("arrivalTime")], carrier=carrier)
    return Reading(tuple(said), expected)


def _event(number: str, carrier: str, event: Node, zone: tzinfo) -> Said:
    words = event.text("status", 40)
    code = event.code("statusCode") or WORDS.get(words, words)
    name = "ftime" if event.has("ftime") else "time"
    place = event.text("location", 200) or event.text("areaName", 200)
    meaning = STATES.get(code, m.UNKNOWN if code else m.MOVING)
    return meaning.tell(number, event.moment(name, zone), code=code, text=event.text("context"), place=place, carrier=carrier)
