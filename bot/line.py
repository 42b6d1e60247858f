"""A connection to Redis in an event loop: one command at a time, and no thread waits for it.

To hand a command to a thread and have its answer back takes 0.2 ms of processor time, and so does
redis-py's asyncio client; this takes 0.05. What is readable is read to the end of the answer: such
answers are a few bytes, so that a wait in the middle of one means a server that is dying, and the
connection's timeout ends it.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

from redis.exceptions import RedisError, ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

from bot.redis_connection import ANSWER_SECONDS

if TYPE_CHECKING:
    from redis import Redis


class Line:
    """`await line.ask("PING")`; the next command is asked when the one before is answered.

    It connects when it is first asked, and anew after anything but an answer.
    """

    def __init__(self, redis: Redis, seconds: float = ANSWER_SECONDS) -> None:
        self._pool = redis.connection_pool
        self._seconds = seconds
        self._connection: Any = None
        self._socket: Any = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._answer: asyncio.Future[Any] | None = None

    async def ask(self, *command: Any) -> Any:
        """The server's answer. Raises RedisError; where that is no ResponseError, nobody knows
        whether the command was carried out."""
        loop = asyncio.get_running_loop()
        if self._connection is None or self._loop is not loop:
            self._hang_up()
            # Names, TLS, AUTH and sentinels wait for others: in a thread.
            self._listen(loop, await loop.run_in_executor(None, self._pool.get_connection))
        connection, answer = self._connection, loop.create_future()
        self._answer = answer
        try:
            connection.send_packed_command(connection.pack_command(*command), check_health=False)
        except RedisError:
            self._hang_up()
            raise
        end = loop.call_later(self._seconds, self._late, answer)
        try:
            return await answer
        except asyncio.CancelledError:  # its answer is not the next command's
            self._hang_up()
            raise
        finally:
            end.cancel()

    def _listen(self, loop: asyncio.AbstractEventLoop, connection: Any) -> None:
        self._loop, self._connection = loop, connection
        self._socket = connection._get_socket()
        loop.add_reader(self._socket, self._read)

    def _read(self) -> None:
        """Something has arrived: the answer, or the end of the connection."""
        connection, answer, self._answer = self._connection, self._answer, None
        if connection is None or answer is None:  # nothing was asked
            self._hang_up()
            return
        try:
            told = connection.read_response()
        except RedisError as error:
            if not isinstance(error, ResponseError):
                self._hang_up()
            if not answer.done():
                answer.set_exception(error)
        else:
            if not answer.done():
                answer.set_result(told)

    def _late(self, answer: asyncio.Future[Any]) -> None:
        """What comes now would be taken for the next command's answer."""
        self._hang_up()
        if not answer.done():
            answer.set_exception(RedisTimeoutError("The server does not answer."))

    def _hang_up(self) -> None:
        connection, self._connection, self._answer = self._connection, None, None
        if connection is None:
            return
        if self._loop is not None:
            # A loop that is closed has forgotten its sockets.
            with contextlib.suppress(RuntimeError, ValueError, OSError):
                self._loop.remove_reader(self._socket)
        connection.disconnect()
        self._pool.release(connection)
