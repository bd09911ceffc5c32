"""Who may do what: the whole table, role by role and tie by tie."""

from itertools import product

import pytest

from care.access import COMMANDS, STAFF, Right, Role, Tie, Viewer, invitable, may, may_command

TIES = {
    "nothing": Tie(),
    "leads": Tie(leads=True),
    "unpaired": Tie(unpaired=True),
    "deputy": Tie(deputy=True),
    "visits": Tie(visits=True),
    "on_duty": Tie(on_duty=True),
    "family": Tie(family=True),
    "self": Tie(self_=True),
}
ALL = set(Right)
# What a tie gives whatever the role; and what it gives a social worker besides.
BY_TIE = {
    "nothing": set(),
    "leads": set(),
    "unpaired": set(),
    "deputy": set(),
    "visits": {Right.KNOW, Right.ASK_ERRAND},
    "on_duty": {Right.KNOW, Right.SEE_ADDRESS, Right.ASK_ERRAND},
    "family": {Right.KNOW, Right.ASK_ERRAND, Right.ASK_PAUSE},
    "self": {Right.KNOW, Right.ASK_ERRAND},
}
LOOKED_AFTER = {"leads", "unpaired", "deputy"}


def viewer(*roles: Role) -> Viewer:
    return Viewer(1, 1, frozenset(roles))


@pytest.mark.parametrize(("role", "tie"), list(product([None, *Role], TIES)))
def test_what_each_role_may_by_each_tie(role: Role | None, tie: str) -> None:
    one = viewer(*([role] if role else []))
    if role is Role.SUPERVISOR or (role is Role.SOCIAL_WORKER and tie in LOOKED_AFTER):
        expected = ALL
    else:
        expected = BY_TIE[tie]
    assert {right for right in Right if may(one, right, TIES[tie])} == expected


def test_staff_are_supervisors_and_social_workers() -> None:
    assert {role for role in Role if viewer(role).staff} == STAFF
    assert viewer(Role.SUPERVISOR).supervisor
    assert not viewer(Role.SOCIAL_WORKER).supervisor
    assert not viewer().staff


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_for_its_roles_and_for_nobody_without_one(command: str) -> None:
    assert {role for role in Role if may_command(frozenset({role}), command)} == COMMANDS[command]
    assert not may_command(frozenset(), command)


def test_an_unknown_command_is_nobodys() -> None:
    assert not may_command(frozenset(Role), "nonsense")


def test_what_is_about_everybody_is_for_staff_alone() -> None:
    for command in ("calls", "elders", "pairings", "week", "surge", "invite", "import", "export"):
        assert COMMANDS[command] == STAFF


def test_nobody_invites_to_more_than_their_own_standing() -> None:
    assert set(invitable(viewer(Role.SUPERVISOR))) == set(Role)
    assert set(invitable(viewer(Role.SOCIAL_WORKER))) == {Role.VOLUNTEER, Role.FAMILY, Role.ELDER}
    for role in (Role.VOLUNTEER, Role.FAMILY, Role.ELDER):
        assert invitable(viewer(role)) == ()
