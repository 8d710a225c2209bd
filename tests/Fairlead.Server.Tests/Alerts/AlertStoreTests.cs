using Fairlead.Core.Alerts;
using Fairlead.Server.Alerts;
using Fairlead.Server.Storage;
using Fairlead.Server.Tests.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Fairlead.Server.Tests.Alerts;

/// <summary>What is stored of the evaluations of a monitor, in real storage.</summary>
public sealed class AlertStoreTests(PostgresServer postgres)
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 3, 0, 0, TimeSpan.Zero);

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Evaluations_MakeTheLifeOfAnAlert_EachTransitionOnce(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        await TakeAsync(server, 0, Subject("x", AlertSign.Clear));
        await TakeAsync(server, 1, Subject("x", AlertSign.Breach));
        await TakeAsync(server, 2, Subject("x", AlertSign.Breach));
        (await TakeAsync(server, 3, Subject("x", AlertSign.Breach)))
            .ShouldHaveSingleItem().State.Phase.ShouldBe(AlertPhase.Firing);

        // The same moment again, as after a process was killed before it was told of its commit.
        await TakeAsync(server, 3, Subject("x", AlertSign.Breach));
        await TakeAsync(server, 4, Subject("x", AlertSign.Clear));

        var (alert, transitions) = await OnlyAsync(server);
        transitions.Select(each => (each.Number, each.From, each.To)).ShouldBe(
        [
            (1, "Inactive", "Pending"), (2, "Pending", "Firing"), (3, "Firing", "Resolved"),
        ]);
        (alert.Name, alert.Endpoint, alert.Severity, alert.Phase).ShouldBe(("drift", "credit", "page", "Resolved"));
        AlertRecords.LabelsOf(alert).ShouldBe(Labels("x"));
        AlertRecords.StateOf(alert).Since.ShouldBe(Start.AddMinutes(4));
    }

    [Fact]
    public async Task Evaluation_WhoseTransactionIsLost_LeavesNothing()
    {
        await using var server = await TestServer.StartAsync();
        await TakeAsync(server, 0, Subject("x", AlertSign.Breach));
        await TakeAsync(server, 2, keep: false, Subject("x", AlertSign.Breach));

        var (alert, transitions) = await OnlyAsync(server);
        (alert.Phase, transitions.Count).ShouldBe(("Pending", 1));
        await TakeAsync(server, 2, Subject("x", AlertSign.Breach));
        (await OnlyAsync(server)).Transitions.Select(each => each.Number).ShouldBe([1, 2]);
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Alert_ThatNothingSpeaksOf_HasNoData_AndIsDroppedAfterADay(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        await TakeAsync(server, 0, Subject("x", AlertSign.Clear), Subject("y", AlertSign.Clear));
        var alerts = await TakeAsync(server, 1, Subject("y", AlertSign.Clear));
        alerts.Single(each => each.Labels.Equals(Labels("x"))).State.Phase.ShouldBe(AlertPhase.InsufficientData);

        await TakeAsync(server, 60 * 24, Subject("y", AlertSign.Clear));
        (await CountAsync(server)).ShouldBe(2);
        await TakeAsync(server, (60 * 24) + 1, Subject("y", AlertSign.Clear));
        AlertRecords.LabelsOf((await OnlyAsync(server)).Alert).ShouldBe(Labels("y"));
    }

    [Fact]
    public async Task Monitor_WithTooManySubjects_KeepsTheMostTelling_AndCountsTheRest()
    {
        await using var server = await TestServer.StartAsync();
        var clear = Enumerable.Range(0, AlertStore.MostAlerts)
            .Select(i => Subject($"c{i}", AlertSign.Clear)).ToArray();
        await TakeAsync(server, 0, Subject("broken", AlertSign.Breach));
        var breached = Enumerable.Range(0, 10).Select(i => Subject($"b{i}", AlertSign.Breach)).ToArray();
        var alerts = await TakeAsync(server, 1, [.. clear, .. breached, Subject("broken", AlertSign.Clear)]);

        alerts.Count.ShouldBe(AlertStore.MostAlerts);
        breached.ShouldAllBe(subject => alerts.Any(alert => alert.Labels.Equals(subject.Labels)));
        alerts.Single(each => each.Labels.Equals(Labels("broken"))).State.Phase.ShouldBe(AlertPhase.Inactive);
        (await CountAsync(server)).ShouldBe(AlertStore.MostAlerts);
        server.Services.GetRequiredService<AlertMeter>().SubjectsLeftOut.ShouldBe(11);
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Monitor_ThatGoes_ResolvesWhatFires_AndRemovesTheRest(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        for (var minute = 0; minute < 3; minute++)
            await TakeAsync(server, minute, Subject("x", AlertSign.Breach), Subject("y", AlertSign.Clear));

        await WriteAsync(server, db => AlertStore.EndAsync(
            db, 1, "its monitor was removed", Start.AddMinutes(5), CancellationToken.None));

        var (alert, transitions) = await OnlyAsync(server);
        (alert.Phase, alert.EndedAt).ShouldBe(("Resolved", Start.AddMinutes(5).ToMicroseconds()));
        transitions[^1].Why.ShouldBe("its monitor was removed");
    }

    private static AlertLabels Labels(string column) => new(
    [
        new("monitor", "drift"), new("endpoint", "credit"), new("severity", "page"), new("column", column),
    ]);

    private static AlertSubject Subject(string column, AlertSign sign) =>
        new(Labels(column), new AlertReading(sign, sign == AlertSign.Breach ? 2 : double.NaN, $"{column} is {sign}"));

    private static Task<IReadOnlyList<AlertNow>> TakeAsync(
        TestServer server, int minute, params AlertSubject[] subjects) =>
        TakeAsync(server, minute, keep: true, subjects);

    private static async Task<IReadOnlyList<AlertNow>> TakeAsync(
        TestServer server, int minute, bool keep, params AlertSubject[] subjects)
    {
        var source = new AlertSource(1, "drift", new AlertPolicy { For = TimeSpan.FromMinutes(2) }, ["people"]);
        IReadOnlyList<AlertNow> alerts = [];
        await WriteAsync(server, async db => alerts = await server.Services.GetRequiredService<AlertStore>().TakeAsync(
            db, source, subjects, Start.AddMinutes(minute), CancellationToken.None), keep);
        return alerts;
    }

    private static Task WriteAsync(TestServer server, Func<FairleadDbContext, Task> write, bool keep = true) =>
        server.Services.GetRequiredService<Database>().OperateAsync(async db =>
        {
            var (transaction, _) = await db.BeginWriteAsync(CancellationToken.None);
            await using var ended = transaction;
            await write(db);
            await db.SaveChangesAsync();
            if (keep)
                await transaction.CommitAsync();
        }, CancellationToken.None);

    private static Task<int> CountAsync(TestServer server) => server.Services.GetRequiredService<Database>()
        .ReadAsync(db => db.Alerts.CountAsync(), CancellationToken.None);

    private static Task<(AlertRow Alert, List<AlertTransitionRow> Transitions)> OnlyAsync(TestServer server) =>
        server.Services.GetRequiredService<Database>().ReadAsync(async db => (
            await db.Alerts.SingleAsync(),
            await db.AlertTransitions.OrderBy(row => row.Number).ToListAsync()), CancellationToken.None);
}
