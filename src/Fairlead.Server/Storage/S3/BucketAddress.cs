using System.Globalization;
using Amazon;
using Microsoft.AspNetCore.WebUtilities;

namespace Fairlead.Server.Storage.S3;

/// <summary>
/// Where a bucket is: <c>s3://BUCKET/PREFIX?endpoint=http://…&amp;region=…&amp;cache=20GiB</c>. Credentials are never
/// part of it; they come from the environment, as for every program that uses S3.
/// </summary>
/// <param name="Bucket">The bucket's name.</param>
/// <param name="Prefix">What the keys begin with, with a slash at its end; empty for none.</param>
/// <param name="Endpoint">The server's address; null for AWS itself.</param>
/// <param name="Region">The region; null for that of the environment.</param>
/// <param name="CacheBytes">Most bytes of copies on this machine's disk.</param>
internal sealed record BucketAddress(string Bucket, string Prefix, Uri? Endpoint, string? Region, long CacheBytes)
{
    /// <summary>What an address begins with.</summary>
    public const string Scheme = "s3://";

    /// <summary>Default of <see cref="CacheBytes"/>.</summary>
    public const long DefaultCacheBytes = 20L << 30;

    private const long LeastCacheBytes = 64L << 20;
    private const string Form = "s3://BUCKET/PREFIX?endpoint=URL&region=NAME&cache=20GiB";

    /// <summary>The address as people and logs see it, without what comes behind the question mark.</summary>
    public override string ToString() => $"{Scheme}{Bucket}/{Prefix}".TrimEnd('/');

    /// <summary>Reads an address; what is wrong with it in <paramref name="fault"/>, without repeating it.</summary>
    public static bool TryParse(string text, out BucketAddress address, out string fault)
    {
        address = new BucketAddress("", "", null, null, DefaultCacheBytes);
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme != "s3")
            return Fails($"it is no address of the form {Form}.", out fault);
        if (uri.UserInfo.Length > 0)
        {
            return Fails("credentials do not belong in the address; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
                out fault);
        }

        var isName = uri.Host.All(each => char.IsAsciiLetterOrDigit(each) || each is '-' or '.');
        if (uri.Host.Length is < 3 or > 63 || !isName)
            return Fails("the bucket's name has 3 to 63 letters, digits, dots and hyphens.", out fault);

        var prefix = Uri.UnescapeDataString(uri.AbsolutePath).Trim('/');
        if (prefix.Length > 200 || prefix.Any(char.IsControl))
            return Fails("the prefix has at most 200 printable characters.", out fault);
        address = address with { Bucket = uri.Host, Prefix = prefix.Length == 0 ? "" : $"{prefix}/" };

        foreach (var (name, values) in QueryHelpers.ParseQuery(uri.Query))
        {
            if (Set(ref address, name, values.ToString()) is not { } wrong)
                continue;
            return Fails(wrong, out fault);
        }

        fault = "";
        return true;
    }

    private static string? Set(ref BucketAddress address, string name, string value)
    {
        switch (name)
        {
            case "endpoint":
                if (!Uri.TryCreate(value, UriKind.Absolute, out var endpoint)
                    || !(endpoint.Scheme is "http" or "https") || endpoint.UserInfo.Length > 0)
                {
                    return "'endpoint' is the address of a web server, such as http://minio:9000.";
                }

                address = address with { Endpoint = endpoint };
                return null;
            case "region":
                if (value.Length is 0 or > 64 || !value.All(each => char.IsAsciiLetterOrDigit(each) || each == '-'))
                    return "'region' is a name such as eu-central-1.";
                address = address with { Region = value };
                return null;
            case "cache":
                if (Bytes(value) is not { } bytes || bytes < LeastCacheBytes)
                    return "'cache' is a number of MiB, GiB or TiB, such as 20GiB, and at least 64MiB.";
                address = address with { CacheBytes = bytes };
                return null;
            default:
                return $"it has 'endpoint', 'region' and 'cache', and nothing called '{name}'.";
        }
    }

    /// <summary>The region to sign for: S3's own servers need the right one, others take any.</summary>
    internal string SigningRegion => Region
        ?? Environment.GetEnvironmentVariable("AWS_REGION")
        ?? Environment.GetEnvironmentVariable("AWS_DEFAULT_REGION")
        ?? RegionEndpoint.USEast1.SystemName;

    private static long? Bytes(string text)
    {
        var digits = text.AsSpan(0, Math.Max(0, text.Length - 3));
        if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            return null;
        return text[^3..] switch
        {
            "MiB" => (long)count << 20,
            "GiB" => (long)count << 30,
            "TiB" when count <= 1024 => (long)count << 40,
            _ => null,
        };
    }

    private static bool Fails(string why, out string fault)
    {
        fault = why;
        return false;
    }
}
