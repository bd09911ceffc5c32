"""Whole sentences that need no record: what a command does, what was wrong, what was noted."""

from markupsafe import Markup

from bot.texts import Texts


def command_text(tr: Texts, command: str) -> Markup:
    """One line about a command."""
    match command:
        case "menu":
            return tr("What I can do here")
        case "calls":
            return tr("Today's call list")
        case "elders":
            return tr("Elders")
        case "pairings":
            return tr("Pairings")
        case "week":
            return tr("This week's visits")
        case "ledger":
            return tr("Ledger of the days")
        case "visits":
            return tr("My visits")
        case "hours":
            return tr("Service hours")
        case "available":
            return tr("When I can come")
        case "errands":
            return tr("Errands")
        case "elder":
            return tr("My family")
        case "errand":
            return tr("Ask for an errand")
        case "leave":
            return tr("I am away")
        case "surge":
            return tr("Heat, cold, festival days")
        case "invite":
            return tr("Invite somebody")
        case "import":
            return tr("Import the roster")
        case "export":
            return tr("Export the roster")
        case "update":
            return tr("Yearly check of the records")
        case "help":
            return tr("Help")
        case "language":
            return tr("Language 语言")
        case "me":
            return tr("About me, and leaving")
        case _:
            return tr("Stop what I am typing")


def form_error(tr: Texts, kind: str, context: dict[str, str]) -> Markup:
    """Why a typed answer was not taken, and what to do."""
    match kind:
        case "press_a_button":
            return tr("Please press one of the buttons, or type part of a name.")
        case "string_too_short":
            return tr("That is too short. Please write a little more.")
        case "string_too_long":
            return tr("That is too long: at most {n} characters.", n=context.get("max_length", ""))
        case "phone":
            return tr("This is not a phone number. Please send 11 digits, or press the button.")
        case "return_day":
            return tr("Please write one later day, like 4-20.")
        case "first_day":
            return tr("Please write one day like 4-20, today or later.")
        case "past_day":
            return tr("Please write a day like 4-7: today, or before it, and not closed yet.")
        case "time_of_day":
            return tr("Please write a time like 9:30.")
        case "month_day":
            return tr("Please write a number from 1 to 31.")
        case "later_time":
            return tr("That time is over. Please write a later one, like 14:30.")
        case "not_over":
            return tr("That is not over yet. Please look at the time once more.")
        case "no_sum":
            return tr("Please write a sum in yuan, like 35.60.")
        case "date_range":
            return tr("Please write two days like 4-12 4-15, the first one not before today.")
        case _:
            return tr("I did not understand that. Please try once more.")


def sentence(tr: Texts, name: str, facts: dict[str, object]) -> Markup:
    """The short sentences that need no record."""
    match name:
        case "stopped":
            return tr("Stopped. Nothing was changed.")
        case "nothing_to_stop":
            return tr("There is nothing to stop.")
        case "not_yours":
            return tr("That is not available to you.")
        case "stale":
            return tr("That has changed meanwhile. Here is how it stands now.")
        case "link_invalid":
            return tr("This link is used up or too old. Please ask the station for a new one.")
        case "too_many_tries":
            return tr("Too many wrong links. Please try again in an hour.")
        case "left":
            return tr(
                "You have left. Thank you for everything. The station's link brings you back."
            )
        case "not_understood":
            return tr("I did not understand that. /menu shows what you can do.")
        case "send_file":
            return tr(
                "Please send me the roster as an Excel or CSV file, here in the chat. "
                "You will see what would change before anything is changed."
            )
        case "thanks_fine":
            return tr("Good to hear! We wish you a nice day. 🌷")
        case "thanks_call":
            return tr("We will call you soon. The station has been told.")
        case "leave_noted":
            return tr(
                "Noted. You are away from {first} to {last}; no visits are planned then.", **facts
            )
        case "group_linked":
            return tr("This group is now the volunteers' group. Errands will be offered here.")
        case "time_taken":
            return tr(
                "Time of yours is on record then already, so nothing was added. /hours shows it."
            )
        case "too_large":
            return tr("This file is larger than 5 MB. Please send the roster alone.")
        case "medicine_yes":
            return tr(
                "💊 The station trusts you to fetch medicine. You will be asked for it from now on."
            )
        case "declined_consent":
            return tr(
                "That is all right. Nothing was stored. "
                "The link still works if you change your mind."
            )
        case _:
            return tr("I did not understand that. /menu shows what you can do.")
