using System.Collections.Immutable;
using Fairlead.Core.Datasets;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Core.Promotion;
using Fairlead.Core.Quality;
using Fairlead.Core.Refusals;
using Fairlead.Inference.Loading;
using Fairlead.Server.Datasets;
using Fairlead.Server.Evaluating;
using Fairlead.Server.Monitoring;
using Fairlead.Server.Storage;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Promotion;

/// <summary>A version that shall be promoted, and what is there now.</summary>
/// <param name="Version">The version.</param>
/// <param name="Present">The version that the target points to; null: none.</param>
internal sealed record PromotedPair(VersionRow Version, VersionRow? Present)
{
    public string Name => $"{Version.Model}/{Version.Number}";

    public string PresentName => $"{Present!.Model}/{Present.Number}";
}

/// <summary>Gathers what each check of a policy gets to see.</summary>
internal sealed class PromotionFactsRead(
    Database database, EvaluationPairs pairs, WindowFiles windows, IArtifactStore store)
{
    private const int MostEvaluations = 50;
    private const int MostCardBytes = 1 << 20;

    private static readonly string[] CardFiles = ["README.md", "MODEL_CARD.md", "MODELCARD.md"];

    public async Task<PromotionFacts> ReadAsync(
        PromotionCheck check, PromotedPair pair, CancellationToken cancellation) => check switch
        {
            ChampionCheck champion => await PairsAsync(champion, pair, cancellation),
            LimitCheck limit => await FiguresAsync(limit, pair, cancellation),
            LatencyCheck latency => await TimesAsync(latency, pair, cancellation),
            DataCheck data => await DataAsync(data, pair, cancellation),
            SignatureCheck signature => await CallersAsync(signature, pair, cancellation),
            SizeCheck => new PromotionFacts
            {
                FileBytes = Manifest(pair.Version).Files.Sum(file => file.Size),
                MemoryBytes = StoredJson.Read<ProbeReport>(pair.Version.Probe).ResidentBytes,
            },
            _ => new PromotionFacts { Card = await CardAsync(pair.Version, cancellation) },
        };

    private async Task<PromotionFacts> FiguresAsync(
        LimitCheck check, PromotedPair pair, CancellationToken cancellation)
    {
        if (await NewestAsync(pair.Version, check.Dataset, cancellation) is not { } row)
            return Unevaluated(pair, check.Dataset, against: false);
        var word = check.Metric.Word();
        var result = StoredJson.Read<EvaluationResult>(row.Result!);
        return new PromotionFacts
        {
            From = From(row),
            Figures =
            [
                .. from segment in result.Segments
                   from figure in segment.Figures
                   where figure.Name == word
                   select new FoundFigure(segment.Name, segment.Rows, figure.Value ?? double.NaN,
                       figure.Low ?? double.NaN, figure.High ?? double.NaN),
            ],
        };
    }

    private async Task<PromotionFacts> PairsAsync(
        ChampionCheck check, PromotedPair pair, CancellationToken cancellation)
    {
        if (pair.Present is not { } present)
            return new PromotionFacts { NothingToCompare = "nothing is there yet that it could be worse than" };
        var mine = await EvaluationsAsync(pair.Version, check.Dataset, cancellation);
        var others = await EvaluationsAsync(present, check.Dataset, cancellation);
        foreach (var row in mine.Where(each => each.HasRows))
        {
            var spec = StoredJson.Read<EvaluationSpec>(row.Spec);
            if (others.FirstOrDefault(other => other.HasRows
                && spec.HasRowsOf(StoredJson.Read<EvaluationSpec>(other.Spec))) is not { } other)
            {
                continue;
            }

            try
            {
                var read = await pairs.ReadAsync(row, other, cancellation);
                return new PromotionFacts { From = $"{From(row)} and {other.Id}", Pairs = Compared(check, read) };
            }
            catch (RefusalException differ)
            {
                return new PromotionFacts { Missing = differ.Message };
            }
        }

        return Unevaluated(pair, check.Dataset, against: true);
    }

    /// <summary>Segments are many looks at once: each gets its part of the error rate (Bonferroni).</summary>
    private static ImmutableArray<(string?, PairedFigure)> Compared(ChampionCheck check, EvaluationPair read)
    {
        var segments = check.BySegment
            ? EvaluationResult.Divided(read.Spec, read.Mine)
                .Where(each => each.Rows.Length >= check.MinimumRows).ToList()
            : [];
        var alpha = 2 * check.Alpha / (1 + segments.Count);
        var found = ImmutableArray.CreateBuilder<(string?, PairedFigure)>();
        if (read.Compare(check.Metric, null, alpha) is { } all)
            found.Add((null, all));
        foreach (var (name, rows) in segments)
        {
            if (read.Compare(check.Metric, rows, alpha) is { } figure)
                found.Add((name, figure));
        }

        return found.ToImmutable();
    }

    private async Task<PromotionFacts> TimesAsync(
        LatencyCheck check, PromotedPair pair, CancellationToken cancellation) =>
        await NewestAsync(pair.Version, null, cancellation) is { } row
            ? new PromotionFacts
            {
                From = From(row),
                Milliseconds =
                    StoredJson.Read<EvaluationResult>(row.Result!).Times?.Quantile(check.Quantile) ?? double.NaN,
            }
            : Unevaluated(pair, null, against: false);

    private async Task<PromotionFacts> DataAsync(DataCheck check, PromotedPair pair, CancellationToken cancellation)
    {
        if (await NewestAsync(pair.Version, check.Dataset, cancellation) is not { } row)
            return Unevaluated(pair, check.Dataset, against: false);
        if (StoredJson.Read<EvaluationSpec>(row.Spec).Dataset is not { } dataset)
        {
            return new PromotionFacts
            {
                Missing = $"the evaluation {row.Id} is of a file that is no registered dataset, of which nothing else "
                    + "is known; register it ('fairlead data register') and evaluate on that",
            };
        }

        var data = await database.ReadAsync(
            db => DatasetViews.FindVersionAsync(db, DatasetId.Parse(dataset), cancellation), cancellation);
        if (data.Profile is null)
            return new PromotionFacts { Missing = $"{dataset} has no statistics, {data.NoProfileBecause}" };
        var window = await windows.GetAsync(data.Profile, cancellation);
        List<string> findings = [], undecided = [];
        var schemas = 0;
        foreach (var (name, spec) in await EndpointsAsync(check.Endpoints, pair.Present, cancellation))
        {
            if (spec.Schema is not { } schema)
                continue;
            schemas++;
            var verdict = SchemaLook.Check(schema, window, reference: null, check.MinimumRows);
            findings.AddRange(verdict.Findings.Select(finding => $"{name}: {finding.Sentence}"));
            undecided.AddRange(verdict.Undecided.Select(column => $"{name}: '{column}'"));
        }

        return new PromotionFacts
        {
            NothingToCompare = schemas == 0 ? "no endpoint that this is about has a schema" : null,
            From = dataset,
            SchemaFindings = [.. findings],
            SchemaUndecided = [.. undecided],
        };
    }

    private async Task<PromotionFacts> CallersAsync(
        SignatureCheck check, PromotedPair pair, CancellationToken cancellation)
    {
        var callers = new List<FoundCallers>();
        foreach (var (name, spec) in await EndpointsAsync(check.Endpoints, pair.Present, cancellation))
        {
            var stable = spec.Variants.FirstOrDefault(variant => variant.Name == spec.Stable)?.Version
                ?? spec.Variants.Select(variant => variant.Version).OfType<VersionId?>().FirstOrDefault();
            if (stable is not { } id)
                continue;
            var model = id.Model.ToString();
            var manifest = await database.ReadAsync(db => db.Versions
                .Where(row => row.Model == model && row.Number == id.Number).Select(row => row.Manifest)
                .SingleAsync(cancellation), cancellation);
            callers.Add(new FoundCallers(name, id.ToString(), StoredJson.Read<Manifest>(manifest).Signature));
        }

        return new PromotionFacts { Signature = Manifest(pair.Version).Signature, Callers = [.. callers] };
    }

    /// <summary>The endpoints that are named, or those that serve the present version.</summary>
    private async Task<List<(string Name, EndpointSpec Spec)>> EndpointsAsync(
        ImmutableArray<string> named, VersionRow? present, CancellationToken cancellation) =>
        await database.ReadAsync(async db =>
        {
            var names = named.ToList();
            var rows = named.Length > 0
                ? db.Endpoints.Where(row => names.Contains(row.Name) && row.DeletedAt == null)
                : present is null ? db.Endpoints.Where(_ => false)
                : db.EndpointUses.Where(use => use.Model == present.Model && use.Version == present.Number)
                    .Join(db.Endpoints, use => use.Endpoint, row => row.Number, (_, row) => row);
            var found = await rows.Distinct().OrderBy(row => row.Name).ToListAsync(cancellation);
            if (named.Except(found.Select(row => row.Name)).FirstOrDefault() is { } missing)
                throw new RefusalException(Endpoints.EndpointWrites.NotFound(EndpointName.Parse(missing)));
            return found.ConvertAll(row => (row.Name, StoredJson.Read<EndpointSpec>(row.Spec)));
        }, cancellation);

    private async Task<(int, string)> CardAsync(VersionRow version, CancellationToken cancellation)
    {
        var best = (version.Description.Trim().Length, "the description");
        foreach (var file in Manifest(version).Files.Where(file => file.Size <= MostCardBytes
            && CardFiles.Contains(Path.GetFileName(file.Path), StringComparer.OrdinalIgnoreCase)))
        {
            using var text = new StreamReader(await store.OpenAsync(file.Digest, cancellation));
            var length = (await text.ReadToEndAsync(cancellation)).Trim().Length;
            if (length > best.Length)
                best = (length, file.Path);
        }

        return best;
    }

    private async Task<EvaluationRow?> NewestAsync(
        VersionRow version, string? dataset, CancellationToken cancellation) =>
        (await EvaluationsAsync(version, dataset, cancellation)).FirstOrDefault();

    /// <summary>Finished evaluations of a version, newest first.</summary>
    private async Task<List<EvaluationRow>> EvaluationsAsync(
        VersionRow version, string? dataset, CancellationToken cancellation)
    {
        var rows = await database.ReadAsync(db => db.Set<EvaluationRow>()
            .Where(row => row.Model == version.Model && row.Number == version.Number && row.FinishedAt != null)
            .OrderByDescending(row => row.Id).Take(MostEvaluations).ToListAsync(cancellation), cancellation);
        return dataset is null
            ? rows
            : [.. rows.Where(row => StoredJson.Read<EvaluationSpec>(row.Spec).Dataset == dataset)];
    }

    private static PromotionFacts Unevaluated(PromotedPair pair, string? dataset, bool against)
    {
        var data = dataset ?? "FILE";
        return new PromotionFacts
        {
            Missing = against
                ? $"{pair.Name} and {pair.PresentName} were not evaluated on the same rows; run 'fairlead evaluate "
                    + $"{pair.Name} --data {data} --label COLUMN --against {pair.PresentName}'"
                : $"{pair.Name} was not evaluated{(dataset is null ? "" : $" on {dataset}")}; run 'fairlead evaluate "
                    + $"{pair.Name} --data {data} --label COLUMN'",
        };
    }

    private static string From(EvaluationRow row)
    {
        var spec = StoredJson.Read<EvaluationSpec>(row.Spec);
        return $"evaluation {row.Id}{(spec.Dataset is { } dataset ? $" on {dataset}" : "")}";
    }

    private static Manifest Manifest(VersionRow row) => StoredJson.Read<Manifest>(row.Manifest);
}
