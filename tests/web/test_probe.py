from tests.web.people import *
import asyncio
async def test_probe(new_event, new_person, new_desk):
    ev = await new_event()
    p = await new_person(ev)
    line = await p.take_part()
    desk = await new_desk(ev)
    q = ev.ids
    print(desk.line.frames)
    await desk.do("open", q[0])
    f = await line.until(ballot_form)
    fields = ballot_form(f); print(fields)
    print(await line.vote(fields, "o1"))
    await asyncio.sleep(1.2)
    await desk.do("close", q[0])
    await desk.do("show", q[0])
    print((await p.get("")).headers, (await p.get("/state")).text)
    await line.send("bla"); print(await line.error())
    print("\n=====\n".join(line.frames))
    print("=============== DESK")
    print("\n=====\n".join(f[:300] for f in desk.line.frames))
