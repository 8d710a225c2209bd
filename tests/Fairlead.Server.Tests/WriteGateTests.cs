using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Core.Models;
using Fairlead.Core.Refusals;
using Fairlead.Server.Registry;
using Fairlead.Server.Storage;
using Fairlead.Server.Tests.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Fairlead.Server.Tests;

/// <summary>Writes that go to the disk together stay apart in everything else.</summary>
public sealed class WriteGateTests(PostgresServer postgres)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Refusals_AmongWritesThatGoTogether_CostTheNeighboursNothing(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        var control = server.Services.GetRequiredService<ControlPlane>();
        var gate = server.Services.GetRequiredService<WriteGate>();
        var (first, release) = await HoldAsync(control);
        var commits = gate.Commits;

        var before = Make(control, "before");
        var refused = Make(control, "refused", () => throw Refusal());
        var between = Make(control, "between");
        var broken = Make(control, "broken", () => throw new InvalidOperationException("broken"));
        var doubled = Make(control, "before-2", write =>
            write.Db.Database.ExecuteSqlRawAsync("INSERT INTO models (name) SELECT name FROM models"));
        var after = Make(control, "after");
        release.SetResult();

        await Task.WhenAll(first, before, between, after).WaitAsync(Patience);
        (await Should.ThrowAsync<RefusalException>(refused)).Refusals[0].Code.ShouldBe("no");
        (await Should.ThrowAsync<InvalidOperationException>(broken)).Message.ShouldBe("broken");
        await Should.ThrowAsync<Exception>(doubled);
        (await server.Client.ListModelsAsync()).Items.Select(model => model.Name)
            .ShouldBe(["after", "before", "between"]);
        var audit = (await server.Client.ListAuditAsync(new AuditFilter { What = "model.create" })).Items;
        audit.Select(entry => entry.Subject).ShouldBe(["models/after", "models/between", "models/before"]);
        (gate.Commits - commits).ShouldBeLessThan(3, "three writes that waited together");
        (await RevisionAsync(server)).ShouldBe(gate.Kept);
    }

    [Fact]
    public async Task Connection_LostWithinAGroup_FailsAllOfIt_AndTheNextWriteIsKept()
    {
        await using var server = await TestServer.StartAsync(Engine.Postgres, postgres);
        var control = server.Services.GetRequiredService<ControlPlane>();
        var (first, release) = await HoldAsync(control);
        var neighbour = Make(control, "neighbour");
        var cut = Make(control, "cut", write =>
            write.Db.Database.ExecuteSqlRawAsync("SELECT pg_terminate_backend(pg_backend_pid())"));
        release.SetResult();

        await first.WaitAsync(Patience);
        await Should.ThrowAsync<Exception>(cut.WaitAsync(Patience));
        var kept = await neighbour.ContinueWith(task => task.IsCompletedSuccessfully, TaskScheduler.Default);
        await Make(control, "next").WaitAsync(Patience);

        // The neighbour may have gone with the group before; what it was told is what happened.
        (await server.Client.ListModelsAsync()).Items.Select(model => model.Name)
            .ShouldBe(kept ? ["neighbour", "next"] : ["next"]);
    }

    [Fact]
    public async Task CallersWhoGoWhileTheyWait_AreNotServed_AndTooManyAreRefused()
    {
        await using var server = await TestServer.StartAsync();
        var control = server.Services.GetRequiredService<ControlPlane>();
        var (first, release) = await HoldAsync(control);
        using var gone = new CancellationTokenSource();
        var given = Make(control, "gone", cancellation: gone.Token);
        var looks = Enumerable.Range(1, WriteGate.MaxWaiting - 1).Select(_ => control.WriteAsync(
            Principal.Local, null, _ => Task.FromResult(true), CancellationToken.None)).ToList();

        var crowded = await Should.ThrowAsync<RefusalException>(Make(control, "crowded"));
        await gone.CancelAsync();
        release.SetResult();

        crowded.Refusals[0].Code.ShouldBe("too_many_writes");
        await Should.ThrowAsync<OperationCanceledException>(given.WaitAsync(Patience));
        await Task.WhenAll([first, .. looks]).WaitAsync(Patience);
        (await server.Client.ListModelsAsync()).Items.ShouldBeEmpty();
    }

    /// <summary>A write that keeps all others waiting until it is released.</summary>
    private static async Task<(Task First, TaskCompletionSource Release)> HoldAsync(ControlPlane control)
    {
        var began = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var first = control.WriteAsync(Principal.Local, null, async _ =>
        {
            began.TrySetResult();
            await release.Task;
            return true;
        }, CancellationToken.None);
        await began.Task.WaitAsync(Patience);
        return (first, release);
    }

    private static Task Make(ControlPlane control, string model, Action then) =>
        Make(control, model, _ =>
        {
            then();
            return Task.CompletedTask;
        });

    /// <summary>Stores a model and then does something else in the same write.</summary>
    private static Task Make(
        ControlPlane control, string model, Func<WriteScope, Task>? then = null,
        CancellationToken cancellation = default) =>
        control.WriteAsync(Principal.Local, null, async write =>
        {
            await ModelWrites.EnsureAsync(write, ModelName.Parse(model));
            if (then is not null)
                await then(write);
            return true;
        }, cancellation);

    private static RefusalException Refusal() => new(new Refusal(RefusalKind.Conflict, "no", "No."));

    private static Task<long> RevisionAsync(TestServer server) =>
        server.Services.GetRequiredService<Database>().ReadAsync(
            db => db.Control.Select(row => row.Revision).SingleAsync(), CancellationToken.None);
}
