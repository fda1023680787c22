"""``mendrec --node URL …``: the same commands with the same options, done through a node."""

from __future__ import annotations

from collections.abc import Mapping

import click

from mendrec.cli import remote_acts, remote_records, remote_state
from mendrec.cli.remote_session import RemoteCommand
from mendrec.cli.session import pass_session
from mendrec.domain.errors import InputError

REMOTE: Mapping[str, RemoteCommand] = {**remote_acts.COMMANDS, **remote_records.COMMANDS, **remote_state.COMMANDS}
"""What can be done through a node."""
_OF_THE_HOME_ITSELF = frozenset({"keys"})
"""Done on this machine, whether or not a node is named."""


class NotThroughANode(InputError):
    """The command works on a home's own chain, stores or settings."""

    code = "input.not_through_a_node"
    default_remedy = f"Run it without --node, on the machine of the node. Through a node: {', '.join(sorted(REMOTE))}."


class NodeAwareGroup(click.Group):
    """A group whose commands are done through a node where ``--node`` names one."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Returns the command, with the body that goes through the node where one is named.

        Raises:
            NotThroughANode: it can't be done there.
        """
        command = super().get_command(ctx, cmd_name)
        if command is None or not ctx.params.get("node_url") or cmd_name in _OF_THE_HOME_ITSELF:
            return command
        body = REMOTE.get(cmd_name)
        if body is None:
            raise NotThroughANode(f"`mendrec {cmd_name}` can't be done through a node.")
        return click.Command(
            command.name,
            params=command.params,
            callback=pass_session(body),
            help=command.help,
            epilog=command.epilog,
            context_settings=command.context_settings,
        )
