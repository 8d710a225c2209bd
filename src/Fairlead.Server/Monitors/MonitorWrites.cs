using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Monitors;
using Fairlead.Core.Refusals;
using Fairlead.Server.Alerts;
using Fairlead.Server.Endpoints;
using Fairlead.Server.Rollouts;
using Fairlead.Server.Storage;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Monitors;

/// <summary>What a write made of a monitor.</summary>
internal sealed record MonitorChange(MonitorRow Row, MonitorRequest? Before, bool Changed);

/// <summary>The changes of monitors, each inside a write.</summary>
internal static class MonitorWrites
{
    /// <summary>Most monitors of one endpoint.</summary>
    public const int MaxOfEndpoint = 100;

    /// <summary>The state before the first look.</summary>
    public const string New = "new";

    /// <summary>Makes a monitor what its owner writes.</summary>
    public static async Task<MonitorChange> PutAsync(WriteScope write, string name, MonitorRequest request)
    {
        write.Demand(new Demand(Role.Operator, Endpoint: request.Endpoint));
        var spec = WrittenMonitors.Read(name, request);
        var endpoint = await EndpointWrites.FindAsync(write.Db, spec.Endpoint, write.Cancellation)
            ?? throw new RefusalException(EndpointWrites.NotFound(spec.Endpoint));
        await MonitorFit.ThrowIfUnfitAsync(write, spec, StoredJson.Read<EndpointSpec>(endpoint.Spec));

        var row = await FindAsync(write.Db, name, write.Cancellation);
        var written = StoredJson.Write(request);
        if (row is not null && row.Request == written)
            return new MonitorChange(row, request, Changed: false);

        var before = row is null ? null : StoredJson.Read<MonitorRequest>(row.Request);
        if (before is not null && before.Endpoint != request.Endpoint)
        {
            throw new RefusalException(new Refusal(RefusalKind.Conflict, "monitor_of_other_endpoint",
                $"The monitor '{name}' watches the endpoint '{before.Endpoint}'; delete it or choose another name.")
            { Field = "name" });
        }

        row ??= await AddAsync(write, spec, endpoint);
        if (before is not null)
            await BeginAnewAsync(write, row, spec);
        (row.Request, row.Spec) = (written, StoredJson.Write(spec));
        (row.DueAt, row.State, row.Findings) = (write.NowMicroseconds, New, "[]");
        (row.ChangedAt, row.ChangedBy) = (write.NowMicroseconds, write.Principal.Name);
        row.Revision++;
        write.Record("monitor.put", $"monitors/{name}", before, request);
        await write.Db.SaveChangesAsync(write.Cancellation);
        await ObserveAsync(write, endpoint);
        return new MonitorChange(row, before, Changed: true);
    }

    public static async Task<bool> DeleteAsync(WriteScope write, string name)
    {
        var row = await FindAsync(write.Db, name, write.Cancellation) ?? throw new RefusalException(NotFound(name));
        write.Demand(new Demand(Role.Operator, Endpoint: row.EndpointName));
        await RemoveAsync(write, row);
        var endpoint = await write.Db.Endpoints.SingleAsync(each => each.Number == row.Endpoint, write.Cancellation);
        await ObserveAsync(write, endpoint);
        return true;
    }

    /// <summary>An endpoint goes, and its monitors with it.</summary>
    public static async Task EndpointGoesAsync(WriteScope write, int endpoint)
    {
        foreach (var row in await write.Db.Monitors.Where(row => row.Endpoint == endpoint)
            .ToListAsync(write.Cancellation))
        {
            await RemoveAsync(write, row);
        }
    }

    public static Task<MonitorRow?> FindAsync(FairleadDbContext db, string name, CancellationToken cancellation) =>
        db.Monitors.SingleOrDefaultAsync(row => row.Name == name, cancellation);

    public static Refusal NotFound(string name) =>
        new(RefusalKind.NotFound, "monitor_not_found", $"There is no monitor '{name}'.");

    private static async Task<MonitorRow> AddAsync(WriteScope write, MonitorSpec spec, EndpointRow endpoint)
    {
        var present = await write.Db.Monitors.CountAsync(
            row => row.Endpoint == endpoint.Number, write.Cancellation);
        if (present >= MaxOfEndpoint)
        {
            throw new RefusalException(new Refusal(RefusalKind.Conflict, "too_many_monitors",
                $"The endpoint '{endpoint.Name}' has {present} monitors, as many as one may have; delete some."));
        }

        var row = new MonitorRow
        {
            Name = spec.Name.ToString(),
            Endpoint = endpoint.Number,
            EndpointName = endpoint.Name,
            Request = "",
            Spec = "",
            State = New,
            ChangedBy = "",
        };
        write.Db.Monitors.Add(row);
        return row;
    }

    /// <summary>
    /// A monitor that looks at something else remembers nothing, and what it or other labels said before is over:
    /// alerts that nothing speaks of any more would go on for a day.
    /// </summary>
    private static async Task BeginAnewAsync(WriteScope write, MonitorRow row, MonitorSpec spec)
    {
        var before = StoredJson.Read<MonitorSpec>(row.Spec);
        var watchesTheSame = StoredJson.Write(before.Watch) == StoredJson.Write(spec.Watch);
        if (!watchesTheSame)
            row.Memory = null;
        if (watchesTheSame && before.Variant == spec.Variant && before.Alert.Severity == spec.Alert.Severity
            && before.Alert.Labels.SequenceEqual(spec.Alert.Labels))
        {
            return;
        }

        await AlertStore.EndAsync(write.Db, row.Id, "its monitor was changed", write.Now, write.Cancellation);
    }

    private static async Task RemoveAsync(WriteScope write, MonitorRow row)
    {
        write.Record("monitor.delete", $"monitors/{row.Name}", StoredJson.Read<MonitorRequest>(row.Request), null);
        write.Db.Monitors.Remove(row);
        await AlertStore.EndAsync(write.Db, row.Id, "its monitor was removed", write.Now, write.Cancellation);
        await write.Db.SaveChangesAsync(write.Cancellation);
        await write.Db.MonitorLooks.Where(look => look.Monitor == row.Id).ExecuteDeleteAsync(write.Cancellation);
    }

    /// <summary>
    /// Has the endpoint keep what its monitors need. A rollout that is under way learns of the generation that this
    /// makes, so that its figures go on.
    /// </summary>
    private static async Task ObserveAsync(WriteScope write, EndpointRow endpoint)
    {
        var specs = await write.Db.Monitors.Where(row => row.Endpoint == endpoint.Number).OrderBy(row => row.Id)
            .Select(row => row.Spec).ToListAsync(write.Cancellation);
        var needs = specs.Select(spec => StoredJson.Read<MonitorSpec>(spec).Watch.Needs).OfType<Observation>()
            .Aggregate((Observation?)null, (all, each) => all?.With(each) ?? each);
        var before = StoredJson.Read<EndpointSpec>(endpoint.Spec);
        if (Equals(before.Monitored, needs))
            return;

        await EndpointWrites.RouteAsync(write, endpoint, before with { Monitored = needs });
        await RolloutWrites.FollowAsync(write, endpoint);
    }
}
