using Fairlead.Core.Refusals;
using Fairlead.Server.Storage;

namespace Fairlead.Server.Tests;

/// <summary>The queue before a database, without the database.</summary>
public sealed class WriteQueueTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<int> _groups = [];
    private Exception? _cannotBegin;

    [Fact]
    public async Task Writes_ThatComeMeanwhile_GoTogether()
    {
        var queue = Queue(10);
        var first = queue.RunAsync("first", CancellationToken.None);
        await Task.Yield();
        var more = Enumerable.Range(0, 5).Select(i => queue.RunAsync($"{i}", CancellationToken.None)).ToArray();
        _open.SetResult();
        await Task.WhenAll([first, .. more]).WaitAsync(Patience);
        _groups.Sum().ShouldBe(6);
        _groups.Count.ShouldBeLessThanOrEqualTo(2);
    }

    [Fact]
    public async Task Transaction_ThatCannotBegin_IsToldToAllWhoWait_AtOnce()
    {
        _cannotBegin = new InvalidOperationException("locked");
        var queue = Queue(10);
        var all = Enumerable.Range(0, 5).Select(i => queue.RunAsync($"{i}", CancellationToken.None)).ToArray();
        _open.SetResult();
        foreach (var write in all)
        {
            (await Should.ThrowAsync<InvalidOperationException>(write.WaitAsync(Patience))).Message
                .ShouldBe("locked");
        }

        _groups.Count.ShouldBeLessThanOrEqualTo(2, "tries to begin");
    }

    [Fact]
    public async Task Write_MoreThanMayWait_IsRefused_AndOneWhoseCallerWentIsNotDone()
    {
        var queue = Queue(2);
        using var caller = new CancellationTokenSource();
        var first = queue.RunAsync("first", CancellationToken.None);
        var gone = queue.RunAsync("gone", caller.Token);
        Should.Throw<RefusalException>(() => queue.RunAsync("third", CancellationToken.None))
            .Refusals[0].Code.ShouldBe("too_many_writes");
        queue.Refused.ShouldBe(1);
        await caller.CancelAsync();
        _open.SetResult();
        await first.WaitAsync(Patience);
        await Should.ThrowAsync<OperationCanceledException>(gone.WaitAsync(Patience));
        await queue.Writing.WaitAsync(Patience);
        _groups.Sum().ShouldBe(1);
    }

    /// <summary>A queue whose transactions begin when the test opens the gate.</summary>
    private WriteQueue<string> Queue(int most)
    {
        WriteQueue<string> queue = null!;
        return queue = new WriteQueue<string>(most, "writes", async (group, _) =>
        {
            await _open.Task;
            if (_cannotBegin is not null)
            {
                _groups.Add(0);
                throw _cannotBegin;
            }

            while (queue.TryTake() is { } next)
            {
                group.Add(next);
                await next.TryAsync(_ => Task.FromResult(true));
            }

            _groups.Add(group.Count);
            group.ForEach(each => each.End());
        }, TimeProvider.System);
    }
}
