using System.Text;
using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Core.Predictions;
using Fairlead.Core.Refusals;
using Fairlead.Server.Access;
using Fairlead.Server.Storage;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Lineage;

/// <summary>Answers where something came from and where it went, in one read that sees one state.</summary>
internal sealed class LineageRead(Database database, PredictionKeys keys)
{
    /// <summary>Most versions of an answer.</summary>
    public const int MostVersions = 500;

    /// <summary>Most periods that are told of a version.</summary>
    public const int MostPeriods = 1_000;

    /// <summary>Longest line of versions, each the parent of the next, that is followed.</summary>
    public const int MostGenerations = 100;

    /// <summary>How a version is reached from what was asked.</summary>
    private readonly record struct Reached(string Model, int Number, string Via);

    /// <summary>Answers a question for one caller, who is told only of what he may see.</summary>
    public Task<LineageInfo> FindAsync(
        Principal caller, LineageQuestion question, CancellationToken cancellation) =>
        database.ReadAsync(async db => question switch
        {
            { Prediction: { } id } => await OfPredictionAsync(db, caller, id, cancellation),
            { Version: { } text } => await OfVersionAsync(db, caller, text, cancellation),
            { Dataset: { } data } => await LinkedAsync(
                db, caller, LineageLinks.Data, data, await DigestsAsync(db, data, cancellation), cancellation),
            { Run: { } run } => await LinkedAsync(db, caller, LineageLinks.Run, run, [run], cancellation),
            { File: { } file } => await OfFileAsync(
                db, caller, file, WithoutName(file).ToLowerInvariant(), cancellation),
            { Commit: { } commit } => await LinkedAsync(db, caller, LineageLinks.Commit, commit,
                await CommitsAsync(db, commit.ToLowerInvariant(), cancellation), cancellation),
            _ => throw new RefusalException(new Refusal(RefusalKind.Invalid, "invalid_parameter",
                "Ask for one of 'prediction', 'version', 'dataset', 'run', 'commit' and 'file'.")),
        }, cancellation);

    /// <summary>All that is known of a version; also of one that was deleted.</summary>
    public Task<LineageVersion> OneAsync(Principal caller, VersionId id, CancellationToken cancellation) =>
        database.ReadAsync(async db =>
        {
            var reached = new Reached(id.Model.ToString(), id.Number, "asked");
            return (await VersionsAsync(db, caller, [reached], cancellation)).FirstOrDefault()
                ?? throw NotFound($"version {id}");
        }, cancellation);

    /// <summary>Adds to one version how its code differed from its commit.</summary>
    public static async Task<VersionInfo> WithDiffAsync(
        FairleadDbContext db, VersionInfo version, CancellationToken cancellation)
    {
        if (version.Lineage.Code is not { DiffBytes: > 0 } code)
            return version;
        var diff = await db.Lineage.Where(row => row.Model == version.Model && row.Number == version.Number)
            .Select(row => row.Diff).SingleOrDefaultAsync(cancellation);
        return version with { Lineage = version.Lineage with { Code = code with { Diff = diff } } };
    }

    private async Task<LineageInfo> OfPredictionAsync(
        FairleadDbContext db, Principal caller, string text, CancellationToken cancellation)
    {
        if (!PredictionId.TryRead(Encoding.UTF8.GetBytes(text), keys.Find, out var id))
            throw NotFound("prediction of this id: this installation did not give it");
        var history = await db.EndpointHistory.AsNoTracking().SingleOrDefaultAsync(
            row => row.Endpoint == id.EndpointNumber && row.Generation == id.Generation, cancellation)
            ?? throw NotFound("history of the generation that answered this prediction");
        var demand = new Demand(Role.Viewer, Endpoint: history.Name);
        if (!AccessPolicy.Allows(caller, demand))
            throw new RefusalException(AccessRefusals.Forbidden(caller, demand));

        var arm = history.Spec is null
            ? null
            : StoredJson.Read<EndpointSpec>(history.Spec).Arms.FirstOrDefault(each => each.ArmNumber == id.ArmNumber);
        var rollout = await db.RolloutGenerations.AsNoTracking().SingleOrDefaultAsync(
            row => row.Endpoint == id.EndpointNumber && row.Generation == id.Generation, cancellation);
        var reached = arm?.Version is { } version
            ? new List<Reached> { new(version.Model.ToString(), version.Number, "asked") }
            : [];
        return await AnswerAsync(db, caller, new LineageInfo
        {
            Kind = "prediction",
            Value = text,
            Prediction = new PredictionLineage
            {
                Id = text,
                At = DateTimeOffset.FromUnixTimeMilliseconds(id.UnixMilliseconds),
                Endpoint = history.Name,
                Generation = id.Generation,
                Arm = arm?.Name.ToString() ?? "",
                Rollout = rollout?.Rollout,
                Step = rollout?.Step + 1,
                Version = arm?.Version?.ToString(),
                Answer = arm?.Control?.Kind.ToString().ToLowerInvariant(),
            },
        }, reached, cancellation);
    }

    private static async Task<LineageInfo> OfVersionAsync(
        FairleadDbContext db, Principal caller, string text, CancellationToken cancellation)
    {
        if (VersionId.Read(text) is not { } id)
        {
            throw new RefusalException(new Refusal(RefusalKind.Invalid, "invalid_parameter",
                "A version is written as MODEL/NUMBER.")
            { Field = "version" });
        }

        var demand = new Demand(Role.Viewer, Model: id.Model.ToString());
        if (!AccessPolicy.Allows(caller, demand))
            throw new RefusalException(AccessRefusals.Forbidden(caller, demand));
        var (model, number) = (id.Model.ToString(), id.Number);
        return await db.Lineage.AnyAsync(row => row.Model == model && row.Number == number, cancellation)
            ? await AnswerAsync(db, caller, new LineageInfo { Kind = "version", Value = text },
                await WithChildrenAsync(db, [new Reached(model, number, "asked")], cancellation), cancellation)
            : throw NotFound($"version {text}");
    }

    /// <summary>Of a file that no version has: of the data that has these bytes.</summary>
    private static async Task<LineageInfo> OfFileAsync(
        FairleadDbContext db, Principal caller, string asked, string digest, CancellationToken cancellation)
    {
        var (file, data) = (LineageLinks.Key(digest), LineageLinks.Key($"sha256:{digest}"));
        var isData = !await db.LineageLinks.AnyAsync(
                row => row.Kind == LineageLinks.File && row.Value == file, cancellation)
            && await db.LineageLinks.AnyAsync(
                row => row.Kind == LineageLinks.Data && row.Value == data, cancellation);
        return isData
            ? await LinkedAsync(db, caller, LineageLinks.Data, asked, [$"sha256:{digest}"], cancellation)
            : await LinkedAsync(db, caller, LineageLinks.File, asked, [digest], cancellation);
    }

    private static async Task<LineageInfo> LinkedAsync(
        FairleadDbContext db, Principal caller, string kind, string asked, IReadOnlyList<string> values,
        CancellationToken cancellation)
    {
        var wanted = values.Select(LineageLinks.Key).Distinct().ToList();
        var links = await db.LineageLinks.AsNoTracking()
            .Where(row => row.Kind == kind && wanted.Contains(row.Value))
            .OrderBy(row => row.Value).ThenBy(row => row.Model).ThenBy(row => row.Number)
            .Take(MostVersions + 1).ToListAsync(cancellation);
        var reached = links.Select(link => new Reached(link.Model, link.Number, kind))
            .DistinctBy(each => (each.Model, each.Number)).ToList();
        return await AnswerAsync(db, caller,
            new LineageInfo { Kind = kind == LineageLinks.Data ? "dataset" : kind, Value = asked },
            await WithChildrenAsync(db, reached, cancellation), cancellation);
    }

    /// <summary>Adds the versions that continue what is reached: whatever it learnt, they learnt too.</summary>
    private static async Task<List<Reached>> WithChildrenAsync(
        FairleadDbContext db, List<Reached> reached, CancellationToken cancellation)
    {
        var known = reached.Select(each => (each.Model, each.Number)).ToHashSet();
        var newest = reached;
        for (var i = 0; i < MostGenerations && newest.Count > 0 && known.Count <= MostVersions; i++)
        {
            var parents = newest.Select(each => $"{each.Model}/{each.Number}").ToList();
            var children = await db.LineageLinks.AsNoTracking()
                .Where(row => row.Kind == LineageLinks.Parent && parents.Contains(row.Value))
                .OrderBy(row => row.Model).ThenBy(row => row.Number).Take(MostVersions + 1).ToListAsync(cancellation);
            newest = [.. children.Where(row => known.Add((row.Model, row.Number)))
                .Select(row => new Reached(row.Model, row.Number, $"parent {row.Value}"))];
            reached.AddRange(newest);
        }

        return reached;
    }

    private static async Task<LineageInfo> AnswerAsync(
        FairleadDbContext db, Principal caller, LineageInfo answer, IReadOnlyList<Reached> reached,
        CancellationToken cancellation)
    {
        var visible = reached
            .Where(each => AccessPolicy.Allows(caller, new Demand(Role.Viewer, Model: each.Model))).ToList();
        return answer with
        {
            Versions = await VersionsAsync(db, caller, [.. visible.Take(MostVersions)], cancellation),
            More = visible.Count > MostVersions,
            Hidden = reached.Count - visible.Count,
        };
    }

    /// <summary>What is known of versions, in their order: a few reads a model, however many versions it has.</summary>
    private static async Task<List<LineageVersion>> VersionsAsync(
        FairleadDbContext db, Principal caller, IReadOnlyList<Reached> reached, CancellationToken cancellation)
    {
        var found = new Dictionary<(string, int), LineageVersion>();
        foreach (var model in reached.GroupBy(each => each.Model, StringComparer.Ordinal))
        {
            var numbers = model.Select(each => each.Number).ToList();
            var rows = await db.Lineage.AsNoTracking()
                .Where(row => row.Model == model.Key && numbers.Contains(row.Number)).ToListAsync(cancellation);
            var aliases = (await db.Aliases.AsNoTracking()
                .Where(row => row.Model == model.Key && numbers.Contains(row.Version)).ToListAsync(cancellation))
                .ToLookup(row => row.Version, row => row.Alias);
            var signatures = (await db.VersionSignatures.AsNoTracking()
                .Where(row => row.Model == model.Key && numbers.Contains(row.Number)).OrderBy(row => row.Id)
                .Select(row => new { row.Number, row.KeyHint }).ToListAsync(cancellation))
                .ToLookup(row => row.Number, row => row.KeyHint);
            var periods = await PeriodsAsync(db, caller, model.Key, numbers, cancellation);
            foreach (var row in rows)
            {
                var version = StoredJson.Read<VersionInfo>(row.Version);
                if (version.Lineage.Code is { } code && row.Diff is not null && reached.Count == 1)
                    version = version with { Lineage = version.Lineage with { Code = code with { Diff = row.Diff } } };
                found[(row.Model, row.Number)] = new LineageVersion
                {
                    Version = version,
                    DeletedAt = row.DeletedAt is { } at ? Instants.FromMicroseconds(at) : null,
                    Aliases = [.. aliases[row.Number].Order(StringComparer.Ordinal)],
                    Periods = [.. periods[row.Number].Take(MostPeriods)],
                    SignedBy = [.. signatures[row.Number]],
                };
            }
        }

        return [.. reached.Where(each => found.ContainsKey((each.Model, each.Number)))
            .Select(each => found[(each.Model, each.Number)] with { Via = each.Via })];
    }

    private static async Task<ILookup<int, LineagePeriod>> PeriodsAsync(
        FairleadDbContext db, Principal caller, string model, List<int> numbers, CancellationToken cancellation)
    {
        var rows = db.EndpointPeriods.AsNoTracking()
            .Where(row => row.Model == model && numbers.Contains(row.Version));
        if (caller.Endpoints.Count > 0)
        {
            var allowed = caller.Endpoints.ToList();
            rows = rows.Where(row => allowed.Contains(row.Name));
        }

        return (await rows.OrderBy(row => row.Id).ToListAsync(cancellation)).ToLookup(
            row => row.Version, row => new LineagePeriod
            {
                Endpoint = row.Name,
                Arm = row.Arm,
                Role = row.Role,
                From = Instants.FromMicroseconds(row.FromAt),
                FromGeneration = row.FromGeneration,
                FromWho = row.FromWho,
                Until = row.UntilAt is { } until ? Instants.FromMicroseconds(until) : null,
                UntilGeneration = row.UntilGeneration,
                UntilWho = row.UntilWho,
            });
    }

    /// <summary>The forms in which the digest of a dataset may be kept, or the digest of a registered one.</summary>
    private static async Task<List<string>> DigestsAsync(
        FairleadDbContext db, string asked, CancellationToken cancellation)
    {
        var slash = asked.LastIndexOf('/');
        if (slash > 0 && int.TryParse(asked.AsSpan(slash + 1), out var number))
        {
            var name = asked[..slash];
            if (await db.DatasetVersions.Where(row => row.Name == name && row.Number == number)
                .Select(row => row.Digest).SingleOrDefaultAsync(cancellation) is { } digest)
            {
                return [digest, asked];
            }

            if (await db.DatasetVersions.AnyAsync(row => row.Name == name, cancellation))
                throw NotFound($"version {number} of the dataset '{name}'");
        }

        var bare = WithoutName(asked);
        return bare == asked ? [asked, $"sha256:{asked}", $"md5:{asked}", $"md5:{asked}.dir"] : [asked, bare];
    }

    /// <summary>A digest without the name of its hash before it.</summary>
    private static string WithoutName(string digest) =>
        digest.StartsWith("sha256:", StringComparison.Ordinal) ? digest["sha256:".Length..] : digest;

    private static async Task<List<string>> CommitsAsync(
        FairleadDbContext db, string commit, CancellationToken cancellation)
    {
        const int shortest = 7;
        if (commit.Length < shortest)
        {
            throw new RefusalException(new Refusal(RefusalKind.Invalid, "invalid_parameter",
                $"A commit is named by at least {shortest} of its digits.")
            { Field = "commit" });
        }

        // The last code point that a text can begin with: a range of the index, whatever LIKE does with capitals.
        var end = commit + "\uffff";
        return await db.LineageLinks
            .Where(row => row.Kind == LineageLinks.Commit && string.Compare(row.Value, commit) >= 0
                && string.Compare(row.Value, end) <= 0)
            .Select(row => row.Value).Distinct().Take(MostVersions).ToListAsync(cancellation);
    }

    private static RefusalException NotFound(string what) =>
        new(new Refusal(RefusalKind.NotFound, "lineage_not_found", $"There is no {what}."));
}
