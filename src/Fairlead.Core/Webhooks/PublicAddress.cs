using System.Net;

namespace Fairlead.Core.Webhooks;

/// <summary>
/// Which addresses anybody on the internet could answer at: not this machine, not the networks of an organisation, not
/// what stands for either in another form. By the registries of special-purpose addresses (RFC 6890 and its updates).
/// </summary>
public static class PublicAddress
{
    private const int IPv4Bytes = 4;

    private static readonly IPNetwork[] Special4 =
    [
        .. ((string[])
        [
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
            "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
            "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        ]).Select(IPNetwork.Parse),
    ];

    private static readonly IPNetwork Global6 = IPNetwork.Parse("2000::/3");

    // Of the global ones: tunnels, whose far end is an IPv4 address of anybody's choice, and documentation.
    private static readonly IPNetwork[] Special6 =
        [.. ((string[])["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"]).Select(IPNetwork.Parse)];

    // Translators to IPv4: the last four bytes are the address that is reached.
    private static readonly IPNetwork Translated = IPNetwork.Parse("64:ff9b::/96");

    /// <summary>Whether an address is public.</summary>
    public static bool IsPublic(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        if (address.GetAddressBytes().Length == IPv4Bytes)
            return !Array.Exists(Special4, network => network.Contains(address));
        return Translated.Contains(address)
            ? IsPublic(new IPAddress(address.GetAddressBytes().AsSpan(12)))
            : Global6.Contains(address) && !Array.Exists(Special6, network => network.Contains(address));
    }
}
