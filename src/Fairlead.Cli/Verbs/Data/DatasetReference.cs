using System.CommandLine;
using System.Globalization;
using Fairlead.Client;

namespace Fairlead.Cli.Verbs.Data;

/// <summary>A dataset, or one of its versions: <c>credit</c>, <c>credit/3</c>.</summary>
internal sealed record DatasetReference(string Name, int? Number)
{
    public static Argument<DatasetReference> Argument(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "name[/n]",
        CustomParser = result =>
        {
            if (TryParse(result.Tokens[0].Value, out var reference))
                return reference;
            result.AddError($"'{result.Tokens[0].Value}' is no dataset: write NAME, or NAME/3 for a version.");
            return null;
        },
    };

    public static bool TryParse(string text, out DatasetReference reference)
    {
        reference = new DatasetReference(text, null);
        var slash = text.LastIndexOf('/');
        if (slash < 0)
            return text.Length > 0;
        if (slash == 0 || !int.TryParse(
            text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number == 0)
        {
            return false;
        }

        reference = new DatasetReference(text[..slash], number);
        return true;
    }

    /// <summary>The number of the version; the newest where none is named.</summary>
    public async Task<int> ResolveAsync(FairleadClient client, CancellationToken cancellation)
    {
        if (Number is { } number)
            return number;
        var newest = await client.ListDatasetVersionsAsync(Name, new Client.Api.PageRequest(1), cancellation);
        return newest.Items[0].Number;
    }
}
