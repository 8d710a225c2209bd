using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Core.Models;
using Fairlead.Server.Apply;
using Fairlead.Server.Storage;

namespace Fairlead.Server.Registry;

/// <summary>Documents of <c>kind: Model</c>: what is said about a model and where its aliases point.</summary>
internal static class ModelApply
{
    public static DocumentKind Kind { get; } = new("Model", 0, members =>
    {
        var model = DocumentKind.Decode<ModelDocument>(members);
        TextRules.ThrowIfAny([
            TextRules.WhyNot("description", model.Description, TextRules.MaxDescription),
            .. TextRules.WhyNotTags("tags", model.Tags),
        ]);
        return write => ApplyAsync(write, model);
    });

    private static async Task<AppliedDocument> ApplyAsync(WriteScope write, ModelDocument document)
    {
        var model = ModelName.Parse(document.Name);
        write.Demand(new Demand(Role.Operator, Model: document.Name));
        var before = await write.Db.Models.FindAsync([document.Name], write.Cancellation) is { DeletedAt: null } row
            ? await RegistryViews.ModelAsync(write.Db, row, write.Cancellation)
            : null;

        row = await ModelWrites.EnsureAsync(write, model);
        var known = StoredJson.Read<Dictionary<string, string>>(row.Tags);
        var tags = document.Tags is null
            ? null
            : known.Keys.Union(document.Tags.Keys).ToDictionary(tag => tag, document.Tags.GetValueOrDefault);
        await ModelWrites.DescribeAsync(
            write, model, new DescribeRequest { Description = document.Description, Tags = tags });
        foreach (var (alias, version) in document.Aliases ?? new Dictionary<string, int>())
            await ModelWrites.SetAliasAsync(write, model, AliasName.Parse(alias), version, expected: null);

        var after = await RegistryViews.ModelAsync(write.Db, row, write.Cancellation);
        var differences = Differences.Between(before is null ? null : Written(before), Written(after));
        return new AppliedDocument
        {
            Kind = Kind.Name,
            Name = document.Name,
            Outcome = before is null ? "created" : differences.Count > 0 ? "changed" : "unchanged",
            Differences = differences,
        };
    }

    private static ModelDocument Written(ModelInfo model) => new()
    {
        Name = model.Name,
        Description = model.Description,
        Tags = model.Tags,
        Aliases = model.Aliases,
    };
}
