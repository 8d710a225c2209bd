using Fairlead.Server.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Fairlead.Server.Tests.Hosting;

/// <summary>A service that goes round goes on, whatever a round ended by.</summary>
public sealed class RoundsTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private readonly FakeTimeProvider _time = new();
    private readonly List<string> _told = [];
    private int _rounds;

    [Fact]
    public async Task Rounds_ThatFail_ByADeadlineOfTheirOwnToo_AreToldAndFollowed()
    {
        using var stop = new CancellationTokenSource();
        var rounds = Rounds.RunAsync(Interval, _time, _ => _rounds++ switch
        {
            0 => throw new InvalidOperationException("broken"),
            1 => Task.FromException(new TaskCanceledException("too slow")),
            _ => Task.CompletedTask,
        }, failure => _told.Add(failure.Message), stop.Token, atOnce: true);
        for (var i = 0; i < 2; i++)
            _time.Advance(Interval);
        await Eventually(() => _rounds == 3);
        _told.ShouldBe(["broken", "too slow"]);

        await stop.CancelAsync();
        await rounds.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task End_InTheMiddleOfARound_EndsItWithoutAWord()
    {
        using var stop = new CancellationTokenSource();
        var rounds = Rounds.RunAsync(
            Interval, _time, token => Task.Delay(Timeout.Infinite, token), failure => _told.Add(failure.Message),
            stop.Token, atOnce: true);
        await stop.CancelAsync();
        await rounds.WaitAsync(TimeSpan.FromSeconds(10));
        _told.ShouldBeEmpty();
    }

    private static async Task Eventually(Func<bool> holds)
    {
        for (var i = 0; i < 500 && !holds(); i++)
            await Task.Delay(10, TestContext.Current.CancellationToken);
        holds().ShouldBeTrue();
    }
}
