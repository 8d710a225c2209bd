using System.Globalization;
using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Core.Models;
using Fairlead.Core.Refusals;
using Fairlead.Server.Storage;
using Fairlead.Server.Tracking.Models;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Registry;

/// <summary>A version that a tracked run registers.</summary>
internal sealed record TrackedVersion
{
    public required TrackedFiles Tracked { get; init; }

    public string Source { get; init; } = "";

    public string RunLink { get; init; } = "";

    public string Description { get; init; } = "";

    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();
}

/// <summary>
/// Registers what was tracked. A version that cannot be served is kept all the same, and says what it would need.
/// </summary>
internal sealed class TrackedRegistration(
    Registration registration, ControlPlane control, Database database, ControlPlaneOptions options,
    TimeProvider time)
{
    /// <summary>
    /// Clients send a request again when its answer does not come in time: what was just registered by the same caller
    /// from the same place in the same words is that registration.
    /// </summary>
    private static readonly TimeSpan Repeats = TimeSpan.FromSeconds(60);

    /// <summary>So many of the newest versions are looked at.</summary>
    private const int MostLookedAt = 20;

    /// <summary>Registers the next version of a model, which must be there.</summary>
    public async Task<VersionRow> RegisterAsync(
        Principal principal, ModelName model, TrackedVersion wish, CancellationToken cancellation)
    {
        var tracked = wish.Tracked;
        if (await database.ReadAsync(
            db => KnownAsync(db, principal, model, wish, time.MicrosecondsNow(), cancellation), cancellation)
            is { } known)
        {
            return known;
        }

        var (report, needs) = await ExaminedAsync(model, tracked, cancellation);
        var manifest = new Manifest([.. tracked.Files],
            needs.Length == 0 ? [new ManifestComponent("model", Registration.OnnxRuntime, tracked.Entry!)] : [],
            report.Signature);
        var request = new RegisterVersionRequest
        {
            Files = [],
            Description = wish.Description,
            Tags = wish.Tags,
            Lineage = new VersionLineage { Run = tracked.Run.Length == 0 ? null : tracked.Run },
        };
        var sources = await registration.CaptureAsync(request, tracked.Files, cancellation);
        return await control.WriteAsync(principal, null, async write =>
        {
            await RegistryViews.FindModelAsync(write.Db, model, write.Cancellation);
            if (await KnownAsync(write.Db, principal, model, wish, write.NowMicroseconds, write.Cancellation)
                is { } meanwhile)
            {
                return meanwhile;
            }

            await registration.ThrowIfMissingAsync(tracked.Files, write.Cancellation);
            return await Registration.InsertAsync(write, model, request, sources, [], manifest, report, row =>
            {
                (row.Source, row.Run, row.RunLink) = (wish.Source, tracked.Run, wish.RunLink);
                (row.LoggedModel, row.Needs, row.ChangedAt) = (tracked.LoggedModel, needs, row.CreatedAt);
            });
        }, cancellation);
    }

    /// <summary>
    /// What the model turned out to be, and what it would need. A client that hears nothing for two minutes asks again,
    /// and its going away ends the examination: without a bound below that, a model which takes longer would be
    /// examined for ever and registered never.
    /// </summary>
    private async Task<(ProbeReport Report, string Needs)> ExaminedAsync(
        ModelName model, TrackedFiles tracked, CancellationToken cancellation)
    {
        var unknown = new ProbeReport(new Signature([], []), 0, 0);
        if (tracked.Entry is not { } entry)
            return (unknown, tracked.Needs);
        using var patience = new CancellationTokenSource(options.TrackedProbePatience, time);
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        try
        {
            return (await registration.ExamineAsync(model, tracked.Files, entry, bounded.Token), tracked.Needs);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (unknown, string.Create(CultureInfo.InvariantCulture,
                $"to be examined, which takes longer than the {options.TrackedProbePatience.TotalSeconds:0} s that "
                + $"clients of MLflow wait; 'fairlead models register' with its files waits as long as it takes"));
        }
        catch (RefusalException refused) when (refused.Refusals[0].Kind == RefusalKind.Invalid)
        {
            return (unknown, $"a model that this server can run: {refused.Message}");
        }
    }

    private static async Task<VersionRow?> KnownAsync(
        FairleadDbContext db, Principal principal, ModelName model, TrackedVersion wish, long now,
        CancellationToken cancellation)
    {
        var (name, tags, tracked) = (model.ToString(), StoredJson.Write(wish.Tags), wish.Tracked);
        var since = now - (long)Repeats.TotalMicroseconds;
        var newest = await db.Versions.AsNoTracking().Where(row => row.Model == name)
            .OrderByDescending(row => row.Number).Take(MostLookedAt)
            .Select(row => new
            {
                row.Number,
                row.CreatedAt,
                row.CreatedBy,
                row.Source,
                row.Run,
                row.LoggedModel,
                row.Description,
                row.Tags,
            }).ToListAsync(cancellation);
        var same = newest.Find(row => row.CreatedAt >= since && row.CreatedBy == principal.Name
            && row.Source == wish.Source && row.Run == tracked.Run && row.LoggedModel == tracked.LoggedModel
            && row.Description == wish.Description && row.Tags == tags);
        return same is null ? null : await db.Versions.AsNoTracking()
            .SingleAsync(row => row.Model == name && row.Number == same.Number, cancellation);
    }
}
