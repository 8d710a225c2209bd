using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Core.Alerts;
using Fairlead.Core.Refusals;
using Fairlead.Server.Access;
using Fairlead.Server.Apply;
using Fairlead.Server.Storage;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Alerts.Receivers;

/// <summary>The changes of receivers, each inside a write.</summary>
internal static class ReceiverWrites
{
    /// <summary>Most receivers of an installation.</summary>
    public const int MostReceivers = 200;

    /// <summary>Documents of <c>kind: Receiver</c>.</summary>
    public static DocumentKind Kind { get; } = new("Receiver", 0, members =>
    {
        var name = DocumentKind.TakeName(members);
        var request = DocumentKind.Decode<ReceiverRequest>(members);
        return write => ApplyAsync(write, name, request);
    });

    /// <summary>Makes or changes a receiver; says what is different.</summary>
    public static async Task<AppliedDocument> ApplyAsync(WriteScope write, string name, ReceiverRequest request)
    {
        AlertNames.Receiver(name);
        DemandAll(write.Principal, Role.Operator);
        var row = await write.Db.Receivers.SingleOrDefaultAsync(each => each.Name == name, write.Cancellation);
        var before = row is null ? null : Receiver.Of(row);
        var secrets = ReceiverRules.SecretsOf(request, before);
        if (ReceiverRules.Problems(request, secrets).ToList() is { Count: > 0 } faults)
            throw new RefusalException(faults);

        var shown = ReceiverRules.Shown(request, secrets);
        List<Difference> differences = [.. Differences.Between(before?.Settings, shown)];
        if (before is not null && before.Secrets != secrets)
            differences.Add(new Difference("secrets", null, null));
        if (differences.Count > 0)
            await KeepAsync(write, row, name, shown, secrets);
        return new AppliedDocument
        {
            Kind = Kind.Name,
            Name = name,
            Outcome = before is null ? "created" : differences.Count > 0 ? "changed" : "unchanged",
            Differences = differences,
        };
    }

    public static async Task<bool> DeleteAsync(WriteScope write, string name)
    {
        DemandAll(write.Principal, Role.Operator);
        var row = await write.Db.Receivers.SingleOrDefaultAsync(each => each.Name == name, write.Cancellation)
            ?? throw new RefusalException(NotFound(name));
        write.Db.Receivers.Remove(row);
        await write.Db.SaveChangesAsync(write.Cancellation);
        write.Record("receiver.delete", Subject(name), ReceiverViews.Of(row), null);
        return true;
    }

    public static Refusal NotFound(string name) =>
        new(RefusalKind.NotFound, "receiver_not_found", $"There is no receiver '{name}'.");

    /// <summary>What is about every endpoint is not for keys that are limited to some.</summary>
    public static void DemandAll(Principal principal, Role role)
    {
        if (!principal.Endpoints.IsEmpty || !principal.Models.IsEmpty)
            throw new RefusalException(AccessRefusals.Forbidden(principal, new Demand(role)));
    }

    private static async Task KeepAsync(
        WriteScope write, ReceiverRow? row, string name, ReceiverRequest shown, ReceiverSecrets secrets)
    {
        var before = row is null ? null : ReceiverViews.Of(row);
        if (row is null)
        {
            if (await write.Db.Receivers.CountAsync(write.Cancellation) >= MostReceivers)
            {
                throw new RefusalException(new Refusal(RefusalKind.Conflict, "too_many_receivers",
                    $"There are {MostReceivers} receivers already; delete one first."));
            }

            row = new ReceiverRow { Name = name, CreatedAt = write.NowMicroseconds };
            write.Db.Receivers.Add(row);
        }

        // Under other labels there are other groups; what the old ones were told says nothing of them.
        if (before is not null && !before.Settings.GroupBy.SequenceEqual(shown.GroupBy))
        {
            await write.Db.AlertGroups.Where(group => group.Receiver == name)
                .ExecuteDeleteAsync(write.Cancellation);
        }

        row.Spec = StoredJson.Write(shown);
        row.Secrets = StoredJson.Write(secrets);
        row.ChangedAt = write.NowMicroseconds;
        row.ChangedBy = write.Principal.Name;
        await write.Db.SaveChangesAsync(write.Cancellation);
        write.Record("receiver.put", Subject(name), before, ReceiverViews.Of(row));
    }

    private static string Subject(string name) => $"receivers/{name}";
}
