"""What made-up customers write in English, by topic: praise first, then blame.

Braces are slots that `comments` fills.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cxm.web.demo.comments import Phrases

ENGLISH: Final[Phrases] = {
    "brand": (
        "Fast line, fair price, nothing to complain about.",
        "The fibre has not failed me once in {years} years.",
        "When something goes wrong somebody actually cares.",
        "I moved my whole family over to you.",
        "Good value compared with what we had before.",
        "Reliable, even on {weekday} evenings when everybody streams.",
    ),
    "brand-": (
        "The price went up again and nobody told me why.",
        "New customers get {amount} off, loyal ones get nothing.",
        "I have been promised a call back {times} times and still wait for it.",
        "Speed drops every evening, far below what I pay for.",
        "You only write to me when you want to sell something.",
        "Too expensive for what it is.",
        "Another text message asking me for a score. Fix the line first.",
        "I would leave if there was another provider in our street.",
    ),
    "order": (
        "Ordered in ten minutes, very clear.",
        "The overview of all costs before the last click was great.",
        "Address found at once and the date was kept.",
        "Simple form, no small print.",
    ),
    "order-": (
        "The form did not know my house number, I had to call.",
        "Price on the first page was not the price on the last page.",
        "I entered everything and then the page threw me out.",
        "{days} days after the order and still no confirmation.",
        "The check said fibre is available, then it was not.",
    ),
    "welcome": (
        "Friendly call, {agent} explained every step.",
        "Nice surprise that somebody calls before anything goes wrong.",
        "All my questions were answered in {minutes} minutes.",
    ),
    "welcome-": (
        "The call came in the middle of work, I could not talk.",
        "Felt like a script, my question was not on it.",
        "They wanted to sell me television I had just said no to.",
    ),
    "slot": (
        "Finally there are evening times too.",
        "Could pick a two hour window, very good.",
        "Changing the time online worked at once.",
        "Saturday visits are a blessing.",
    ),
    "slot-": (
        "Only mornings on working days, how should I do that?",
        "A window of {hours} hours means a day of holiday.",
        "Next free date was in {days} days.",
        "I was given a time instead of choosing one.",
        "No way to change the time without calling.",
    ),
    "technician": (
        "{agent} was on time, polite and left everything clean.",
        "Very competent technician, even fixed my wifi in the attic.",
        "Explained what he was doing, I learned something.",
        "Called half an hour before, came, solved it, gone.",
        "Took his shoes off without being asked!",
    ),
    "technician-": (
        "Nobody came, and nobody called.",
        "The technician had the wrong part with him and has to come back.",
        "He drilled where I asked him not to drill.",
        "Came {hours} hours late without a word.",
        "Left {minutes} minutes later and the line was still dead.",
    ),
    "delivery": (
        "Came a day early, well packed.",
        "Neighbour took it, message came at once.",
        "Tracking was exact to the quarter of an hour.",
        "Small box, no plastic. Thank you.",
    ),
    "delivery-": (
        "Parcel left in the rain in front of the door.",
        "The router arrived, the cable did not.",
        "Delivered to a shop {kilometres} km away although I was at home.",
        "{days} days late and the tracking page said nothing.",
        "Somebody signed for it, it was not me.",
    ),
    "setup": (
        "Plugged in, scanned the code, done.",
        "The guide with pictures was perfect for my mother.",
        "Up and running in {minutes} minutes.",
    ),
    "setup-": (
        "The guide shows another router than the one in the box.",
        "Needed {times} attempts until the light went green.",
        "The app wants internet to set up my internet.",
        "The password on the sticker is printed too small to read.",
    ),
    "invoice": (
        "Clear, one page, I understand every line.",
        "Good that the invoice says what changed since last month.",
        "Always on time and always correct.",
    ),
    "invoice-": (
        "I was charged {amount} for something I never ordered.",
        "Why is there a fee for paper when I get a mail?",
        "Do not understand the part amounts for half months.",
        "The credit you promised is missing again.",
        "Same mistake on the invoice for {times} months now.",
    ),
    "new-invoice": (
        "The new layout is pretty, and I found my amount.",
        "Took a while to get used to, works for me now.",
    ),
    "new-invoice-": (
        "Where did the total go? The new invoice hides it on page {page}.",
        "The old invoice was one page, the new one has {page} and says less.",
        "I cannot find my call details in the new invoice any more.",
        "New design, tiny grey letters, I cannot read it.",
        "Since the new layout I call every month to ask what I pay for.",
        "Who thought that splitting the amounts over three boxes was a good idea?",
    ),
    "app": (
        "Two taps and paid.",
        "I like that I see what I used this month.",
        "Everything where I expect it.",
        "Plan changed in a minute, no call needed.",
    ),
    "app-": (
        "The app logs me out every single time.",
        "It crashed at the last step and I paid twice.",
        "Change of plan ends with please call us. Really?",
        "Slow since the last update.",
        "Could not find where to pay the open {amount}.",
    ),
    "call": (
        "{agent} solved it in one call, wonderful.",
        "Short wait, kind voice, clear answer.",
        "Felt taken seriously for the first time.",
        "They called back exactly when they said.",
        "Very patient with me, I am not good with technology.",
    ),
    "call-": (
        "{minutes} minutes on hold, then the line was cut.",
        "Passed on {times} times and had to explain everything again each time.",
        "The answer was friendly but wrong.",
        "The machine did not understand me, I shouted at a computer.",
        "Two people, two different answers.",
        "I called on {weekday} and again on {weekday}, still not solved.",
    ),
    "chat": (
        "Quick answer without a queue.",
        "{agent} sent me the right link at once.",
        "I could work on while we chatted.",
    ),
    "chat-": (
        "The bot asked the same thing {times} times.",
        "Chat ended while I was typing.",
        "Waited {minutes} minutes for a person and got a link to the help page.",
        "Copy and paste answers that had nothing to do with my question.",
    ),
    "writing": (
        "Answer the same day and complete.",
        "Clear mail, no jargon.",
    ),
    "writing-": (
        "It took {days} days to get a reply.",
        "The reply did not answer my question.",
        "I got the same standard letter {times} times.",
        "Please let people read the mail before they answer it.",
    ),
    "shop": (
        "{agent} in the shop took time for me.",
        "Got a new SIM card in five minutes.",
        "Honest advice, I left with the cheaper plan.",
    ),
    "shop-": (
        "Long queue and only one person working.",
        "They sent me home to call the hotline.",
        "Felt pushed to buy a phone I do not need.",
    ),
    "fault": (
        "Reported at eight, fixed at noon.",
        "Good that I could follow the repair in the app.",
        "A message at every step, well done.",
    ),
    "fault-": (
        "Third fault this year, always on a {weekday}.",
        "The ticket was closed but the line is still down.",
        "{days} days without internet and I work from home.",
        "I had to restart the router {times} times before anybody believed me.",
    ),
    "outage": (
        "You wrote before I noticed, great.",
        "Clear message with a time that was kept.",
    ),
    "outage-": (
        "No message at all, I learned it from the neighbours.",
        "Said two hours, took {hours}.",
        "Whole weekend without internet and the status page said all fine.",
        "Every message named another time.",
    ),
    "coverage": (
        "Full signal even in the cellar.",
        "On the train it has become much better.",
        "No dropped calls since you built the new mast.",
    ),
    "coverage-": (
        "No signal in our village, only on the hill.",
        "Calls drop on the road to work every day.",
        "Indoors I have one bar at most.",
    ),
    "move": (
        "Line worked on the day we moved in.",
        "One form and everything moved along.",
    ),
    "move-": (
        "{days} days without a line after the move.",
        "Paid for two flats at the same time.",
        "The new address was wrong in three places.",
        "Nobody told me that the contract starts anew.",
        "I had to send the same proof {times} times.",
    ),
    "cancel": (
        "Cancelling was fair and quick, I may come back.",
        "Moving abroad, you were fine.",
    ),
    "cancel-": (
        "Found a cheaper offer and you did not want to match it.",
        "Too many outages, sorry.",
        "Had to look for the cancel button for half an hour.",
        "Was called {times} times after I had cancelled.",
        "The price rise in spring was one too many.",
    ),
    "room": (
        "Slept like a stone, very quiet.",
        "Lovely view over the harbour.",
        "Spotless room and a good shower.",
    ),
    "room-": (
        "The heating could not be turned down.",
        "Smell in the bathroom.",
        "We heard every door on the corridor until {hours} in the morning.",
    ),
    "breakfast": (
        "Fresh bread and real coffee.",
        "Something for everybody, also vegan.",
        "The terrace in the morning sun!",
    ),
    "breakfast-": (
        "Queue for coffee, {minutes} minutes.",
        "Half empty at nine and not refilled.",
        "Cold eggs, and the juice came from a box.",
    ),
    "arrival": (
        "{agent} greeted us like old friends.",
        "Room was ready early, thank you.",
    ),
    "arrival-": (
        "Waited {minutes} minutes at the desk after a long trip.",
        "Our booking could not be found at first.",
    ),
    "booking": (
        "Booked in two minutes from my phone.",
        "Better price than anywhere else.",
    ),
    "booking-": (
        "Parking was {amount} extra, that was not on the page.",
        "Could not add a cot online.",
    ),
    "departure": (
        "Key in the box, invoice by mail, perfect.",
        "They kept our bags all day.",
    ),
    "departure-": (
        "Charged for a minibar we never opened.",
        "Long line at eleven o'clock.",
    ),
    "stay": (
        "We come back every autumn.",
        "The people make the difference.",
        "Best location in town.",
    ),
    "stay-": (
        "Getting expensive for what it offers.",
        "Needs fresh paint.",
        "Wifi stopped on every second evening.",
    ),
    "any": (
        "Thank you!",
        "Keep it up.",
        "Very happy.",
        "All good.",
        "Big thanks to the team.",
        "Would do it again.",
        "No complaints.",
    ),
    "any-": (
        "Not good enough.",
        "Please fix this.",
        "I expected more.",
        "Very disappointed.",
        "This has to get better.",
        "I am thinking about leaving.",
        "Nobody feels responsible.",
        "It used to be better.",
    ),
    "between": (
        "Mixed feelings.",
        "So so.",
        "It was ok.",
        "Fine in the end, but:",
        "Half and half.",
    ),
}
