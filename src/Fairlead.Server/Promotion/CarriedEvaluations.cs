using System.Text.Json;
using Fairlead.Core.Refusals;
using Fairlead.Server.Evaluating;
using Fairlead.Server.Storage;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Promotion;

/// <summary>
/// The evaluations of a version go with it, and those of the newest whose answers are kept row by row with the answers:
/// a version that is there already can be held against them.
/// </summary>
internal sealed class CarriedEvaluations : ICarriedEvidence
{
    /// <summary>Most evaluations that go with a version: the newest.</summary>
    public const int MostEvaluations = 10;

    /// <summary>Most of them with their answers row by row.</summary>
    public const int MostWithRows = 2;

    public string Name => "evaluations";

    public async Task<JsonElement?> ExportAsync(
        FairleadDbContext db, VersionRow version, CancellationToken cancellation)
    {
        var rows = await db.Set<EvaluationRow>()
            .Where(row => row.Model == version.Model && row.Number == version.Number && row.FinishedAt != null)
            .OrderByDescending(row => row.Id).Take(MostEvaluations).ToListAsync(cancellation);
        var carried = new List<Carried>();
        foreach (var row in rows)
        {
            List<byte[]> parts = row.HasRows && carried.Count(each => each.Parts.Count > 0) < MostWithRows
                ? await db.Set<EvaluationPartRow>().Where(part => part.Evaluation == row.Id)
                    .OrderBy(part => part.First).Select(part => part.Content).ToListAsync(cancellation)
                : [];
            carried.Add(new Carried(StoredJson.Read<EvaluationSpec>(row.Spec), row.Question, row.Rows, row.Times,
                StoredJson.Read<EvaluationResult>(row.Result!), row.CreatedAt, row.CreatedBy, row.FinishedAt!.Value,
                parts));
        }

        return carried.Count == 0 ? null : JsonSerializer.SerializeToElement(carried, StoredJson.Options);
    }

    public async Task ImportAsync(WriteScope write, VersionRow version, JsonElement content)
    {
        // Oldest first, so that the newest is the newest here too.
        foreach (var each in Read(content).AsEnumerable().Reverse())
        {
            var row = new EvaluationRow
            {
                Model = version.Model,
                Number = version.Number,
                Spec = StoredJson.Write(each.Spec),
                Question = each.Question,
                Rows = each.Rows,
                Times = each.Times,
                Result = StoredJson.Write(each.Result),
                HasRows = each.Parts.Count > 0,
                CreatedAt = each.CreatedAt,
                CreatedBy = each.CreatedBy,
                FinishedAt = each.FinishedAt,
            };
            write.Db.Add(row);
            await write.Db.SaveChangesAsync(write.Cancellation);
            var first = 0;
            foreach (var part in each.Parts)
            {
                write.Db.Add(new EvaluationPartRow { Evaluation = row.Id, First = first, Content = part });
                first += EvaluationPart.Read(part).Labels.Count;
            }
        }
    }

    private static List<Carried> Read(JsonElement content)
    {
        try
        {
            var read = content.Deserialize<List<Carried>>(StoredJson.Options) ?? [];
            foreach (var part in read.SelectMany(each => each.Parts))
                EvaluationPart.Read(part);
            return read.Count <= MostEvaluations && read.TrueForAll(each => each.Rows <= EvaluationRules.MaxRows)
                ? read
                : throw new JsonException("it has more than an environment keeps");
        }
        catch (Exception broken) when (broken is JsonException or InvalidDataException or InvalidOperationException
            or NotSupportedException or FormatException)
        {
            throw new RefusalException(new Refusal(RefusalKind.Invalid, "invalid_evidence",
                $"The evaluations that came with the version cannot be read: {broken.Message}")
            { Field = "version.evidence.evaluations" });
        }
    }

    private sealed record Carried(
        EvaluationSpec Spec, string Question, int Rows, string Times, EvaluationResult Result, long CreatedAt,
        string CreatedBy, long FinishedAt, IReadOnlyList<byte[]> Parts);
}
