using System.CommandLine;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Keys;

/// <summary>Lists the keys, without their secrets, which nobody has.</summary>
internal static class KeysList
{
    public static Command Create(Terminal terminal) =>
        new Command("list", "List the keys, also revoked and expired ones").Runs(terminal, async (call, cancellation) =>
        {
            var keys = await Pages.AllAsync(page => call.Client.ListKeysAsync(page, cancellation));
            call.Write(keys, to => Show(keys.Items, to));
        });

    private static void Show(IReadOnlyList<KeyInfo> keys, Terminal to)
    {
        var list = new Listing("id", "name", "role", "state", "limited to", "created", "expires");
        foreach (var key in keys)
        {
            var limits = key.Endpoints.Select(name => $"endpoint {name}")
                .Concat(key.Models.Select(name => $"model {name}"));
            list.Add(key.Id, key.Name, key.Role, key.State, string.Join(", ", limits), key.CreatedAt, key.ExpiresAt);
        }

        list.Write(to, "There is no key yet. Make one: 'fairlead keys create NAME --role operator'.");
    }
}
