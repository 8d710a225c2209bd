using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Core.Datasets;
using Fairlead.Core.Models;
using Fairlead.Core.Refusals;
using Fairlead.Inference.Loading;
using Fairlead.Server.Monitoring;
using Fairlead.Server.Storage;
using Fairlead.Statistics.Sketches;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Datasets;

/// <summary>
/// Registers versions of datasets: the description by itself, then the statistics that were uploaded, which must be of
/// the rows and columns that it names, then the number.
/// </summary>
internal sealed class DatasetRegistration(IArtifactStore store, WindowFiles files, ControlPlane control)
{
    private const int NamedColumns = 10;

    public async Task<DatasetVersionInfo> RegisterAsync(
        Principal principal, DatasetName dataset, RegisterDatasetRequest request, CancellationToken cancellation)
    {
        var facts = Facts(request);
        if (DatasetRules.Check(facts) is { Count: > 0 } faults)
            throw new RefusalException(faults);
        if (request.Profile is { } profile)
            await CheckAsync(profile, facts, cancellation);

        return await control.WriteAsync(principal, request.Reason, async write =>
        {
            // Artifacts may have been collected meanwhile; a collector and this write exclude each other.
            if (request.Profile is { } named && !await store.ExistsAsync(Digest(named), write.Cancellation))
                throw new RefusalException(Missing(named));
            var name = dataset.ToString();
            var known = await write.Db.DatasetVersions.SingleOrDefaultAsync(
                row => row.Name == name && row.Digest == request.Digest, write.Cancellation);
            return known is null
                ? await InsertAsync(write, name, request)
                : await AgainAsync(write, known, facts, request);
        }, cancellation);
    }

    private static async Task<DatasetVersionInfo> InsertAsync(
        WriteScope write, string name, RegisterDatasetRequest request)
    {
        var owner = await write.Db.Datasets.SingleOrDefaultAsync(row => row.Name == name, write.Cancellation);
        if (owner is null)
        {
            owner = new DatasetRow { Name = name, CreatedAt = write.NowMicroseconds };
            write.Db.Datasets.Add(owner);
        }

        owner.ChangedAt = write.NowMicroseconds;
        var row = new DatasetVersionRow
        {
            Name = name,
            Number = owner.NextVersion++,
            Digest = request.Digest,
            Source = request.Source,
            Address = request.Address,
            Bytes = request.Bytes,
            Files = request.Files,
            Rows = request.Rows,
            Columns = StoredJson.Write(request.Columns),
            Labels = request.Labels,
            Split = request.Split,
            Profile = request.Profile,
            NoProfileBecause = request.NoProfileBecause,
            Description = request.Description,
            CreatedAt = write.NowMicroseconds,
            CreatedBy = write.Principal.Name,
        };
        write.Db.DatasetVersions.Add(row);
        await write.Db.SaveChangesAsync(write.Cancellation);
        var made = DatasetViews.Version(row);
        write.Record("dataset.register", Subject(row), null, made);
        return made;
    }

    /// <summary>Content that is known keeps its number, and gets what was not known of it.</summary>
    private static async Task<DatasetVersionInfo> AgainAsync(
        WriteScope write, DatasetVersionRow row, DatasetFacts said, RegisterDatasetRequest request)
    {
        var known = DatasetViews.Facts(row);
        var id = new DatasetId(DatasetName.Parse(row.Name), row.Number);
        if (DatasetRules.WhyNotSame(id, known, said) is { } differs)
            throw new RefusalException(differs);
        if (!DatasetRules.Completes(known, said))
            return DatasetViews.Version(row, wasKnown: true);

        var before = DatasetViews.Version(row);
        (row.Labels, row.Split) = (row.Labels ?? request.Labels, row.Split ?? request.Split);
        if (row.Profile is null && request.Profile is not null)
        {
            (row.Profile, row.NoProfileBecause) = (request.Profile, null);
            (row.Rows, row.Columns) = (request.Rows, StoredJson.Write(request.Columns));
            (row.Bytes, row.Files) = (request.Bytes ?? row.Bytes, request.Files ?? row.Files);
        }

        await write.Db.SaveChangesAsync(write.Cancellation);
        var after = DatasetViews.Version(row, wasKnown: true);
        write.Record("dataset.complete", Subject(row), before, after);
        return after;
    }

    /// <summary>The statistics must be readable, and of what the description says.</summary>
    private async Task CheckAsync(string profile, DatasetFacts facts, CancellationToken cancellation)
    {
        WindowSketch sketch;
        try
        {
            Digest(profile);
            sketch = await files.GetAsync(profile, cancellation);
        }
        catch (ArtifactMissingException)
        {
            throw new RefusalException(Missing(profile));
        }
        catch (InvalidDataException unreadable)
        {
            throw Fault($"The artifact {profile} is no profile that this server can read: {unreadable.Message} "
                + "Register with a program of the same release.");
        }

        if (sketch.Rows != facts.Rows)
            throw Fault($"The profile is of {sketch.Rows} rows, the dataset has {facts.Rows}.");
        string[] said = [.. facts.Columns.Select(column => column.Name)];
        string[] found = [.. sketch.Columns.Select(column => column.Name)];
        if (!said.Order(StringComparer.Ordinal).SequenceEqual(found.Order(StringComparer.Ordinal)))
        {
            var differing = said.Except(found).Concat(found.Except(said)).Take(NamedColumns);
            throw Fault("The profile and the dataset differ in columns: "
                + $"{string.Join(", ", differing.Select(name => $"'{name}'"))}.");
        }

        if (sketch.Columns.FirstOrDefault(column => column.Sketch.Rows != facts.Rows) is { } odd)
            throw Fault($"'{odd.Name}' of the profile has {odd.Sketch.Rows} rows, the dataset has {facts.Rows}.");
    }

    private static DatasetFacts Facts(RegisterDatasetRequest request)
    {
        TextRules.ThrowIfAny([
            TextRules.WhyNot("description", request.Description, TextRules.MaxDescription),
            TextRules.WhyNot("address", request.Address, TextRules.MaxTagValue),
            TextRules.WhyNot("noProfileBecause", request.NoProfileBecause, TextRules.MaxTagValue),
        ]);
        return new DatasetFacts
        {
            Digest = request.Digest,
            Source = DatasetViews.SourceOf(request.Source)
                ?? throw new RefusalException(new Refusal(RefusalKind.Invalid, "invalid_source",
                    $"'{request.Source}' is none of file, folder, dvc and git-lfs.")
                { Field = "source" }),
            Bytes = request.Bytes,
            Files = request.Files,
            Rows = request.Rows,
            Columns = [.. request.Columns.Select(Column)],
            Labels = request.Labels,
            Split = request.Split,
            HasProfile = request.Profile is not null,
            NoProfileBecause = request.NoProfileBecause,
        };
    }

    private static DatasetColumn Column(DatasetColumnInfo column, int place) =>
        column is { Name: not null } && DatasetViews.TypeOf(column.Type) is { } type
            ? new DatasetColumn(column.Name, type)
            : throw new RefusalException(new Refusal(RefusalKind.Invalid, "invalid_column",
                "A column has a name, and a type: integer, number, boolean, text, list or empty.")
            { Field = $"columns[{place}]" });

    private static Sha256Digest Digest(string profile) => Sha256Digest.TryParse(profile, out var digest)
        ? digest
        : throw Fault("A profile is named by the SHA-256 of its artifact, 64 hexadecimal digits.");

    private static Refusal Missing(string profile) => new(RefusalKind.Conflict, "artifacts_missing",
        $"The profile {profile} was not uploaded. Send it with PUT /api/v1/artifacts and register again.")
    {
        Field = "profile",
    };

    private static string Subject(DatasetVersionRow row) => $"datasets/{row.Name}/versions/{row.Number}";

    private static RefusalException Fault(string message) =>
        new(new Refusal(RefusalKind.Invalid, "invalid_profile", message) { Field = "profile" });
}
